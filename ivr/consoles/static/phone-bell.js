// Incoming calls: listens for rings and lets them sound.

const RING_SECONDS = 1;
const PAUSE_MILLISECONDS = 3000;

export class Bell {
  /** `onRing({ring, shown})`, `onOver(ring)`, `onState(words)`. */
  constructor({ onRing, onOver, onState }) {
    this.onRing = onRing;
    this.onOver = onOver;
    this.onState = onState;
    this.news = null;
    this.context = null;
    this.timer = null;
  }

  listen() {
    this.news?.close();
    this.news = new EventSource("/phone/rings");
    this.news.onmessage = ({ data }) => this.told(JSON.parse(data));
    this.news.onerror = () =>
      this.onState(this.news.readyState === EventSource.CLOSED ? "不能接听：请刷新页面" : "正在重新连接……");
  }

  stop() {
    this.news?.close();
    this.news = null;
    this.silence();
  }

  told(message) {
    switch (message.kind) {
      case "ready":
        this.onState("可以接听来电");
        break;
      case "taken":
        this.stop();
        this.onState("这个号码已在别处使用");
        break;
      case "ring":
        this.onRing(message);
        break;
      case "over":
        this.onOver(message.ring);
        break;
      default:
    }
  }

  sound() {
    this.silence();
    this.context ??= new AudioContext();
    const ring = () => {
      if (this.context.state !== "running") return;
      const tone = this.context.createOscillator();
      const volume = this.context.createGain();
      tone.frequency.value = 450;
      volume.gain.value = 0.1;
      tone.connect(volume).connect(this.context.destination);
      tone.start();
      tone.stop(this.context.currentTime + RING_SECONDS);
    };
    ring();
    this.timer = setInterval(ring, PAUSE_MILLISECONDS);
  }

  silence() {
    clearInterval(this.timer);
    this.timer = null;
  }
}
