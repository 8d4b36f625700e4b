// The dispatchers' board: asks for the lanes anew when a case changes, runs the clocks, tells what is new.

import { set, tick as ticked } from "./clocks.js";

const lanes = document.getElementById("lanes");
const said = document.getElementById("said");
const line = document.getElementById("line");
const bell = document.getElementById("bell");
const title = document.title;
let known = states();
let sound = null;
let waiting = 0;

function tick() {
  ticked(lanes);
}

function states() {
  return new Map([...lanes.querySelectorAll("[data-case]")].map((each) => [each.dataset.case, "overdue" in each.dataset]));
}

function ring() {
  if (!bell.checked) return;
  sound ??= new AudioContext();
  const tone = sound.createOscillator();
  const loud = sound.createGain();
  tone.frequency.value = 880;
  loud.gain.setValueAtTime(0.15, sound.currentTime);
  loud.gain.linearRampToValueAtTime(0, sound.currentTime + 0.4);
  tone.connect(loud).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + 0.4);
}

function tell() {
  const now = states();
  const fresh = [...now.keys()].filter((id) => !known.has(id));
  const late = [...now].filter(([id, overdue]) => overdue && known.get(id) === false).map(([id]) => id);
  if (fresh.length) said.textContent = `新的挪车单 ${fresh.length} 件`;
  if (late.length) said.textContent = `${late.length} 件超时`;
  if (fresh.length || late.length) ring();
  for (const id of fresh) lanes.querySelector(`[data-case="${CSS.escape(id)}"]`)?.classList.add("fresh");
  document.title = fresh.length && document.hidden ? `（新 ${fresh.length}）${title}` : title;
  known = now;
}

function refresh() {
  clearTimeout(waiting);
  waiting = setTimeout(() => document.body.dispatchEvent(new Event("cases")), 100);
}

let focused = null;
document.body.addEventListener("htmx:beforeSwap", () => {
  focused = document.activeElement?.dataset?.case ?? null;
});
document.body.addEventListener("htmx:afterSwap", () => {
  if (focused) lanes.querySelector(`[data-case="${CSS.escape(focused)}"]`)?.focus();
  set(lanes.querySelector("[data-now]"));
  tell();
  tick();
});
document.body.addEventListener("htmx:responseError", () => say("bad", "读不出来，正在重试"));

function say(tone, text) {
  line.className = `state ${tone}`;
  line.textContent = text;
}

const news = new EventSource("/board/news");
news.addEventListener("open", () => {
  say("good", "实时");
  refresh();
});
news.addEventListener("message", refresh);
news.addEventListener("error", () => {
  say("bad", "断线，正在重连");
  if (news.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000); // shut out: nothing stays on the screen
});
setInterval(tick, 1000);
set(lanes.querySelector("[data-now]"));
tick();

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("words").focus();
    return;
  }
  const columns = [...lanes.querySelectorAll(".lane")].map((each) => [...each.querySelectorAll("[data-case]")]);
  const column = columns.findIndex((each) => each.includes(document.activeElement));
  const row = column < 0 ? -1 : columns[column].indexOf(document.activeElement);
  const step = { j: [0, 1], k: [0, -1], h: [-1, 0], l: [1, 0] }[event.key];
  if (!step) return;
  if (column < 0) {
    columns.find((each) => each.length)?.[0].focus();
    return;
  }
  let to = column + step[0];
  while (columns[to] && !columns[to].length) to += step[0];
  const target = columns[to] ?? columns[column];
  target[Math.min(target.length - 1, Math.max(0, row + step[1]))]?.focus();
});
