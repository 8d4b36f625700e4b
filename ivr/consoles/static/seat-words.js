// The caller's words so far and as they come, and the sound of his call.

const WHO = { caller: "来电人", service: "系统", seat: "座席", third: "第三方" };

export class Words {
  constructor({ room, list, log, line, audio }) {
    Object.assign(this, { room, list, log, line, audio });
    this.handover = "";
    this.news = null;
    this.ended = false;
  }

  /** Shows the talk of a hand-over; none: nothing. */
  follow(handover, over) {
    if (handover === this.handover) {
      if (over) this.silence();
      return;
    }
    this.news?.close();
    this.silence();
    this.list.replaceChildren();
    this.handover = handover;
    this.room.hidden = !handover;
    if (!handover) return;
    this.ended = false;
    this.news = new EventSource(`/seat/${handover}/captions`);
    this.news.addEventListener("open", () => {
      this.list.replaceChildren(); // it is told from the beginning each time
      this.say("good", "实时");
    });
    this.news.addEventListener("error", () => {
      if (!this.ended) this.say("bad", "断线，正在重连");
    });
    this.news.addEventListener("message", ({ data }) => this.told(JSON.parse(data)));
  }

  told({ who, text, event }) {
    if (who === "end") {
      this.ended = true;
      this.news.close();
      this.say("plain", "已结束");
    } else if (event || text) this.add(event ? "" : who, event || text);
  }

  add(who, text) {
    const item = document.createElement("li");
    item.className = who === "caller" ? "caller" : WHO[who] ? "service" : "hint";
    if (WHO[who]) {
      const name = document.createElement("small");
      name.textContent = WHO[who];
      item.append(name);
    }
    item.append(text);
    this.list.append(item);
    this.log.scrollTop = this.log.scrollHeight;
  }

  say(tone, text) {
    this.line.className = `state ${tone}`;
    this.line.textContent = text;
  }

  play(name, whenRefused) {
    if (!this.handover) return;
    this.audio.hidden = false;
    this.audio.src = `/seat/${this.handover}/${name}`;
    this.audio.play().catch(() => {
      this.silence();
      whenRefused();
    });
  }

  silence() {
    if (this.audio.hidden) return;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.audio.hidden = true;
  }
}
