// The browser phone of a seat's desk: rung under the seat's name, answered with one key.

import { post, Refused } from "./ask.js";
import { Line } from "./phone-line.js";
import { microphoneProblem, Sound } from "./phone-sound.js";

export class SeatPhone {
  /** `onChange()`: what `rings` and `talks` say has changed; `onWarn(words)`; `onLevel(0..1)`. */
  constructor({ onChange, onWarn, onLevel }) {
    this.onChange = onChange;
    this.onWarn = onWarn;
    this.onLevel = onLevel;
    this.ring = null;
    this.line = null;
    this.sound = null;
    this.busy = false;
  }

  get rings() {
    return this.ring !== null;
  }

  get talks() {
    return this.busy;
  }

  told(message) {
    if (message.kind === "ring") {
      if (this.busy || this.ring) {
        post(`/phone/rings/${message.ring}/busy`).catch(() => {}); // over by itself
        return;
      }
      this.ring = message.ring;
    } else if (message.kind === "over" && message.ring === this.ring) {
      this.ring = null;
    }
    this.onChange();
  }

  async answer() {
    if (!this.ring || this.busy) return;
    const ring = this.ring;
    this.busy = true;
    this.onWarn("");
    try {
      await this.open();
      const { ticket } = await post(`/phone/rings/${ring}/answer`);
      this.line = new Line({
        ticket, sound: this.sound, onAnswer: () => {}, onEnd: (words, well) => this.ended(well ? "" : words),
      });
    } catch (error) {
      this.ended(error instanceof Refused ? error.message : "浏览器不能播放声音，请换用新版浏览器。");
    }
    this.ring = null;
    this.onChange();
  }

  async open() {
    this.sound = await Sound.open({
      onFrame: (frame, level) => {
        if (!this.busy) return; // hung up while it was on its way
        this.onLevel(Math.sqrt(level));
        this.line?.frame(frame);
      },
      onMark: (mark) => this.line?.heard(mark),
    });
    try {
      await this.sound.useMicrophone();
    } catch (error) {
      this.onWarn(microphoneProblem(error));
    }
  }

  hangUp() {
    this.line?.hangUp();
  }

  ended(words) {
    this.sound?.close();
    this.sound = null;
    this.line = null;
    this.busy = false;
    this.onLevel(0);
    if (words) this.onWarn(words);
    this.onChange();
  }
}
