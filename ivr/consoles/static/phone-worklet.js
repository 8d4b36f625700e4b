// Runs on the audio thread: microphone -> frames of 20 ms at 8 kHz, audio from the line -> loudspeaker.
// Marks come back when the audio before them has been played. Time is counted in audio, so both
// directions go on in a background tab.

const LINE_RATE = 8000;
const FRAME = 160; // samples of 20 ms
const MOST_QUEUED = 20 * LINE_RATE; // Asterisk keeps 1000 frames and drops what comes beyond them
const ZEROS = 8; // zero crossings on each side of the filter
const FINE = 256; // table entries from one crossing to the next

const KERNEL = new Float32Array(ZEROS * FINE + 2);
for (let i = 0; i < ZEROS * FINE; i += 1) {
  const x = i / FINE;
  const sinc = i === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / ZEROS) + 0.08 * Math.cos((2 * Math.PI * x) / ZEROS);
  KERNEL[i] = sinc * window;
}

/** Changes the sampling rate with a windowed sinc; passes what both rates can carry. */
class Resampler {
  constructor(from, to) {
    this.step = from / to;
    this.crossings = (0.9 * Math.min(from, to)) / from; // per input sample
    this.reach = Math.ceil(ZEROS / this.crossings);
    this.kept = new Float32Array(2 * this.reach + 4);
    this.count = 0;
    this.next = this.reach;
  }

  put(sample) {
    this.kept[this.count % this.kept.length] = sample;
    this.count += 1;
  }

  get ready() {
    return this.next + this.reach < this.count;
  }

  take() {
    let sum = 0;
    const last = Math.floor(this.next + this.reach);
    for (let i = Math.max(0, Math.ceil(this.next - this.reach)); i <= last; i += 1) {
      const place = Math.abs(i - this.next) * this.crossings * FINE;
      if (place < ZEROS * FINE) {
        const entry = Math.floor(place);
        const share = place - entry;
        sum += this.kept[i % this.kept.length] * (KERNEL[entry] * (1 - share) + KERNEL[entry + 1] * share);
      }
    }
    this.next += this.step;
    return sum * this.crossings;
  }
}

class PhoneLine extends AudioWorkletProcessor {
  constructor() {
    super();
    this.down = new Resampler(sampleRate, LINE_RATE);
    this.up = new Resampler(LINE_RATE, sampleRate);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.mutedUntil = 0;
    this.queue = [];
    this.queued = 0;
    this.port.onmessage = ({ data }) => this.told(data);
  }

  told(message) {
    if (message.audio) {
      const samples = new Int16Array(message.audio, 0, Math.floor(message.audio.byteLength / 2));
      if (this.queued + samples.length <= MOST_QUEUED) {
        this.queue.push({ samples, at: 0 });
        this.queued += samples.length;
      }
    } else if (message.mark) {
      this.queue.push({ mark: message.mark });
    } else if (message.count) {
      this.port.postMessage({ mark: { event: "STATUS", queue_length: Math.floor(this.queued / FRAME) } });
    } else if (message.flush) {
      this.flush();
    } else if (message.mute) {
      this.mutedUntil = currentTime + message.mute;
    }
  }

  /** Drop all frames but the one that is being heard: what comes next follows its end. */
  flush() {
    this.queued %= FRAME;
    const { samples, at } = this.queue.find((item) => item.samples && item.at < item.samples.length) ?? {};
    this.queue = this.queued > 0 ? [{ samples: samples.subarray(at, at + this.queued), at: 0 }] : [];
  }

  process(inputs, outputs) {
    this.listen(inputs[0]?.[0], outputs[0][0].length);
    this.play(outputs[0][0]);
    return true;
  }

  listen(heard, length) {
    const muted = currentTime < this.mutedUntil;
    for (let i = 0; i < length; i += 1) {
      this.down.put(heard && !muted ? heard[i] : 0);
      while (this.down.ready) {
        const value = Math.max(-1, Math.min(1, this.down.take()));
        this.frame[this.filled] = Math.round(value * 32767);
        this.filled += 1;
        if (this.filled === FRAME) this.hand();
      }
    }
  }

  hand() {
    let level = 0;
    for (const value of this.frame) level = Math.max(level, Math.abs(value));
    this.port.postMessage({ frame: this.frame.buffer, level: level / 32768 }, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }

  play(out) {
    for (let i = 0; i < out.length; i += 1) {
      while (!this.up.ready) this.up.put(this.sample());
      out[i] = this.up.take();
    }
  }

  sample() {
    while (this.queue.length > 0) {
      const item = this.queue[0];
      if (item.mark) {
        this.port.postMessage({ mark: item.mark });
      } else if (item.at < item.samples.length) {
        item.at += 1;
        this.queued -= 1;
        return item.samples[item.at - 1] / 32768;
      }
      this.queue.shift();
    }
    return 0;
  }
}

registerProcessor("phone-line", PhoneLine);
