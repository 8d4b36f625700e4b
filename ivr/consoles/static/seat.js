// A seat's desk: the news of his calls, his telephone, his acts and their keys.

import { postForm } from "./ask.js";
import { set, tick } from "./clocks.js";
import { Bell } from "./phone-bell.js";
import { SeatPhone } from "./seat-phone.js";
import { Words } from "./seat-words.js";

const $ = (id) => document.getElementById(id);
const now = $("now");
const title = document.title;
const browserPhone = $("seat").dataset.phone === "browser";
const THIRD = { ringing: "正在呼叫第三方", joined: "第三方已加入", not_reached: "第三方没有接通", left: "第三方已离开" };
const SAID = {
  offered: "来电，请接听", briefing: "正在念摘要", talking: "已和来电人接通", away: "来电人去核验身份", returned: "已交还服务",
  done: "通话结束", lost: "线路断了", caller_left: "来电人已挂断", waiting: "来电已转给别人", abandoned: "来电人已放弃", no_seat: "来电已登记回电",
};
let shown = { handover: "", state: "" };
let due = 0;

function warn(words) {
  $("notice").textContent = words;
  $("notice").hidden = !words;
}

function line(tone, text) {
  $("line").className = `state ${tone}`;
  $("line").textContent = text;
}

const words = new Words({
  room: $("talk-room"), list: $("captions"), log: $("words-log"), line: $("words-line"), audio: $("audio"),
});
const bell = new Bell({ onRing: () => {}, onOver: () => {}, onState: () => {} });
const phone = new SeatPhone({
  onChange: attend,
  onWarn: warn,
  onLevel: (level) => { if ($("mic")) $("mic").value = level; },
});

// ---------------------------------------------------------------- what is shown

function state() {
  return $("state").dataset;
}

function refresh(what) {
  if (what !== "seat") {
    document.body.dispatchEvent(new Event(what));
    return;
  }
  clearTimeout(due);
  due = setTimeout(() => document.body.dispatchEvent(new Event("seat")), 30);
}

/** Brings telephone, bell and title in step with what is shown. */
function attend() {
  const offered = state().state === "offered";
  const accept = $("accept");
  if (accept) accept.disabled = !phone.rings || phone.talks;
  if (offered && !phone.talks) {
    document.title = `● 来电 · ${title}`;
    if ($("bell").checked && !bell.timer) bell.sound();
  } else {
    document.title = title;
    bell.silence();
  }
  if (accept && !accept.disabled && !document.activeElement?.matches("input, textarea")) accept.focus();
}

function changed() {
  const { handover, state: step } = state();
  if (handover !== shown.handover || step !== shown.state) {
    if (SAID[step]) $("said").textContent = SAID[step];
    if (handover !== shown.handover) {
      $("noted").replaceChildren();
      $("note").value = "";
    }
    shown = { handover, state: step };
  }
  const over = ["returned", "done", "lost", "caller_left"].includes(step);
  words.follow(handover, over);
  $("note-card").hidden = ["", "waiting", "offered", "briefing"].includes(step);
  $("words-log").scrollTop = $("words-log").scrollHeight; // its height follows the note's
  $("so-far").hidden = $("live").hidden = over || step === "";
  if (over || !handover) phone.hangUp();
  attend();
}

let kept = null; // where he was, and what he had typed, when a part of the page is renewed
document.body.addEventListener("htmx:beforeSwap", () => {
  const at = document.activeElement;
  kept = { inside: now.contains(at), id: at?.id, number: $("third")?.value ?? "" };
});
document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  set($(detail.target.id === "now" ? "state" : "side-state"));
  tick(document);
  if (detail.target.id !== "now") return;
  const field = $("third");
  if (field) field.value = kept.number;
  changed();
  if (!kept.inside || now.contains(document.activeElement)) return;
  (kept.id === "third" && field ? field : now.querySelector("h2"))?.focus();
});
document.body.addEventListener("htmx:responseError", () => line("bad", "读不出来，正在重试"));

// ---------------------------------------------------------------- what is told

const news = new EventSource("/seat/news");
news.addEventListener("error", () => {
  line("bad", news.readyState === EventSource.CLOSED ? "已断开，请刷新页面" : "断线，正在重连");
});
news.addEventListener("message", ({ data }) => {
  const message = JSON.parse(data);
  switch (message.kind) {
    case "here":
      line("good", "在班");
      refresh("seat");
      break;
    case "handover":
    case "presence":
      refresh("seat");
      break;
    case "third":
      if ($("third-state")) $("third-state").textContent = THIRD[message.state] ?? "";
      $("said").textContent = THIRD[message.state] ?? "";
      break;
    case "queue":
      refresh("queue");
      break;
    case "ready":
      $("phone-state").textContent = "浏览器电话，可以接听";
      break;
    case "taken":
      $("phone-state").textContent = "您的另一个页面在接听，来电响在那里";
      break;
    case "ring":
    case "over":
      phone.told(message);
      break;
    default:
  }
});

// ---------------------------------------------------------------- acts

async function ask(path, fields) {
  warn("");
  try {
    return await postForm(path, fields);
  } catch (error) {
    warn(error.message);
    refresh("seat");
    return null;
  }
}

async function act(name, fields = {}) {
  const { handover } = state();
  if (handover) await ask(`/seat/${handover}/act`, { act: name, ...fields });
}

now.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  if (!button || button.disabled) return;
  if (button.id === "accept") {
    words.silence();
    phone.answer();
  } else if (button.dataset.do) {
    button.disabled = true;
    await ask(`/seat/${button.dataset.do}`);
    refresh("seat");
  } else if (button.dataset.act) {
    const { act: name, wish, number } = button.dataset;
    act(name, { ...(wish && { wish }), ...(number && { number }) });
  }
});
now.addEventListener("submit", (event) => {
  if (event.target.id !== "third-form") return;
  event.preventDefault();
  const number = $("third").value.trim();
  if (number) act("third", { number });
  else $("third").focus();
});

$("note-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { handover } = state();
  const told = await ask(`/seat/${handover}/note`, Object.fromEntries(new FormData(event.target)));
  if (!told) return;
  const link = document.createElement("a");
  Object.assign(link, { href: `/callbacks/${told.serial}`, target: "_blank", rel: "noopener", textContent: told.serial });
  $("noted").replaceChildren("已记成工单 ", link);
  refresh("queue");
});
$("so-far").addEventListener("click", () => words.play("recording.wav", () => warn("录音还没有，或者现在读不出来。")));
$("live").addEventListener("click", () => words.play("sound.wav", () => warn("这通电话的声音不在这台服务器上。")));
$("bell").addEventListener("change", () => {
  bell.silence();
  attend();
});

// ---------------------------------------------------------------- keys

const OTHER_KEYS = { l: () => $("so-far"), o: () => $("live") };
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && event.target === $("note")) {
    event.preventDefault();
    $("note-form").requestSubmit();
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.matches("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  const field = { n: $("note"), t: $("third") }[key];
  if (field?.checkVisibility()) {
    event.preventDefault();
    field.focus();
    return;
  }
  const button = now.querySelector(`button[data-key="${CSS.escape(key)}"]`) ?? OTHER_KEYS[key]?.();
  if (button?.checkVisibility() && !button.disabled) button.click();
});

if (browserPhone && (!window.isSecureContext || !navigator.mediaDevices || !window.AudioWorkletNode)) {
  warn("这里不能用话筒和喇叭：请在本机打开，或者用 https 地址打开本页；也可以改用桌上话机。");
}
setInterval(() => tick(document), 1000);
set($("state"));
tick(document);
changed();
