// Microphone and loudspeaker of the browser phone.

const TONES = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477],
  4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477],
  "*": [941, 1209], 0: [941, 1336], "#": [941, 1477],
};
const KEY_SECONDS = 0.12;
const KEY_SILENCE_SECONDS = 0.2; // a key's tone takes the place of the voice, as on a telephone

const NO_MICROPHONE = {
  NotAllowedError: "话筒没有打开：请点地址栏左边的图标，允许使用话筒，然后重拨。现在可以按键或打字。",
  NotFoundError: "没有找到话筒：请插好话筒或耳机，然后重拨。现在可以按键或打字。",
  NotReadableError: "话筒正被别的程序占用：请关掉那个程序，然后重拨。现在可以按键或打字。",
};

/** Why the microphone cannot be used, in words for the caller. */
export function microphoneProblem(error) {
  return NO_MICROPHONE[error?.name] ?? "话筒用不了。现在可以按键或打字。";
}

export class Sound {
  /** `onFrame(buffer, level)`: 20 ms of 16-bit samples at 8 kHz; `onMark(mark)`: heard so far. */
  static async open({ onFrame, onMark }) {
    const context = new AudioContext({ latencyHint: "interactive" });
    await context.resume();
    await context.audioWorklet.addModule("/static/phone-worklet.js");
    const node = new AudioWorkletNode(context, "phone-line", {
      numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [1],
      channelCount: 1, channelCountMode: "explicit",
    });
    node.port.onmessage = ({ data }) => {
      if (data.frame) onFrame(data.frame, data.level);
      else onMark(data.mark);
    };
    node.connect(context.destination);
    return new Sound(context, node);
  }

  constructor(context, node) {
    this.context = context;
    this.node = node;
    this.stream = null;
  }

  /** Rejects where there is no microphone; then the line carries silence. */
  async useMicrophone() {
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    if (this.context.state === "closed") {
      this.release();
      return;
    }
    this.context.createMediaStreamSource(this.stream).connect(this.node);
  }

  play(audio) {
    this.node.port.postMessage({ audio }, [audio]);
  }

  mark(mark) {
    this.node.port.postMessage({ mark });
  }

  flush() {
    this.node.port.postMessage({ flush: true });
  }

  /** Have the line told how many frames wait to be heard. */
  count() {
    this.node.port.postMessage({ count: true });
  }

  key(digit) {
    this.node.port.postMessage({ mute: KEY_SILENCE_SECONDS });
    const volume = this.context.createGain();
    volume.gain.value = 0.06;
    volume.connect(this.context.destination);
    for (const frequency of TONES[digit] ?? []) {
      const tone = this.context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(volume);
      tone.start();
      tone.stop(this.context.currentTime + KEY_SECONDS);
    }
  }

  release() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
  }

  async close() {
    this.release();
    if (this.context.state !== "closed") await this.context.close();
  }
}
