// One call: plays Asterisk's part of the chan_websocket protocol (JSON) over a WebSocket.

const ENDS = {
  1000: "通话结束",
  1001: "页面离开，通话结束",
  1012: "服务正在停止，请稍后再拨",
  4403: "接通凭证已失效，请再拨一次",
  4500: "线路断了，请再拨一次",
  4502: "服务没有打开，请稍后再拨",
  4503: "线路都在忙，请稍后再拨",
};
const FRAME_BYTES = 320;

export class Line {
  /** `onAnswer()`, `onEnd(words, well)`: once each at most. */
  constructor({ ticket, sound, onAnswer, onEnd }) {
    this.sound = sound;
    this.onAnswer = onAnswer;
    this.onEnd = onEnd;
    this.answered = false;
    this.over = false;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/phone/media`, "media");
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () =>
      this.say({
        event: "MEDIA_START", format: "slin", optimal_frame_size: FRAME_BYTES, ptime: 20,
        channel: "phone", channel_variables: { IVR_TICKET: ticket },
      });
    this.socket.onmessage = ({ data }) => this.told(data);
    this.socket.onclose = ({ code }) => this.end(ENDS[code] ?? "连接断了，请检查网络后再拨", code === 1000);
  }

  told(data) {
    if (data instanceof ArrayBuffer) {
      this.sound.play(data);
      return;
    }
    const message = JSON.parse(data);
    switch (message.command) {
      case "ANSWER":
        if (!this.answered) {
          this.answered = true;
          this.onAnswer();
        }
        break;
      case "STOP_MEDIA_BUFFERING":
        this.sound.mark({ event: "MEDIA_BUFFERING_COMPLETED", correlation_id: message.correlation_id });
        break;
      case "MARK_MEDIA":
        this.sound.mark({ event: "MEDIA_MARK_PROCESSED", correlation_id: message.correlation_id });
        break;
      case "REPORT_QUEUE_DRAINED":
        this.sound.mark({ event: "QUEUE_DRAINED" });
        break;
      case "FLUSH_MEDIA":
        this.sound.flush();
        break;
      case "GET_STATUS":
        this.sound.count();
        break;
      case "HANGUP":
        this.end("对方已挂断", true);
        break;
      default: // START_MEDIA_BUFFERING: pieces of any size are taken at any time
    }
  }

  say(event) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(event));
  }

  frame(buffer) {
    if (this.answered && this.socket.readyState === WebSocket.OPEN) this.socket.send(buffer);
  }

  heard(mark) {
    this.say(mark);
  }

  key(digit, milliseconds) {
    if (!this.answered) return;
    this.say({ event: "DTMF_END", digit, duration_ms: Math.max(40, Math.round(milliseconds)) });
  }

  hangUp() {
    this.end("已挂断", true);
  }

  end(words, well) {
    if (this.over) return;
    this.over = true;
    this.socket.close(1000);
    this.onEnd(words, well);
  }
}
