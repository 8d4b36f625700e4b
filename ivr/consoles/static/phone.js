// The page /phone: pad, hooks, captions, typed sentences, incoming calls.

import { post, Refused } from "./ask.js";
import { Bell } from "./phone-bell.js";
import { Line } from "./phone-line.js";
import { microphoneProblem, Sound } from "./phone-sound.js";

const $ = (id) => document.getElementById(id);
const phone = $("phone");
const title = document.title;
const WHO = { caller: "您", service: "12123" };
const call = { id: null, line: null, sound: null, captions: null, timer: null };
let ringing = null;
let pressedAt = 0;

function state() {
  return phone.dataset.state;
}

function show(name, words) {
  phone.dataset.state = name;
  $("status").textContent = words;
  const busy = name === "connecting" || name === "talking";
  $("dial").hidden = busy;
  $("hang-up").hidden = !busy;
  $("erase").disabled = busy;
  $("number-dialled").readOnly = busy;
  $("say-text").disabled = name !== "talking";
  $("say-button").disabled = name !== "talking";
}

function warn(words) {
  $("notice").textContent = words;
  $("notice").hidden = !words;
}

// ---------------------------------------------------------------- a call

async function begin(getTicket) {
  if (state() === "connecting" || state() === "talking") return;
  warn("");
  show("connecting", "正在接通……");
  try {
    await openSound();
    if (state() !== "connecting") return; // hung up while the browser asked for the microphone
    $("status").textContent = "正在接通……";
    const { ticket, call_id: id } = await getTicket();
    call.id = id;
    follow(id);
    call.line = new Line({ ticket, sound: call.sound, onAnswer: answered, onEnd: ended });
  } catch (error) {
    ended("没有接通", false);
    warn(error instanceof Refused ? error.message : "浏览器不能播放声音，请换用新版浏览器。");
  }
}

async function openSound() {
  call.sound = await Sound.open({
    onFrame: (frame, level) => {
      $("mic").value = Math.sqrt(level);
      call.line?.frame(frame);
    },
    onMark: (mark) => call.line?.heard(mark),
  });
  try {
    $("status").textContent = "请允许使用话筒……";
    await call.sound.useMicrophone();
    $("mic-words").textContent = "话筒";
  } catch (error) {
    $("mic-words").textContent = "话筒没有打开";
    warn(microphoneProblem(error));
  }
}

function answered() {
  const began = Date.now();
  const tell = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    const rest = String(seconds % 60).padStart(2, "0");
    $("status").textContent = `通话中 ${Math.floor(seconds / 60)}:${rest}`;
  };
  show("talking", "");
  tell();
  call.timer = setInterval(tell, 1000);
}

function ended(words, well) {
  clearInterval(call.timer);
  call.sound?.close();
  Object.assign(call, { line: null, sound: null });
  setTimeout((captions) => captions?.close(), 1500, call.captions); // the last words may be on their way
  call.captions = null;
  $("mic").value = 0;
  show("ended", words);
  if (!well) warn(words);
  $("dial").focus();
}

function hangUp() {
  if (call.line) call.line.hangUp();
  else ended("已挂断", true);
}

function dial() {
  const dialled = $("number-dialled").value.replace(/[\s-]/g, "");
  if (dialled !== phone.dataset.hotline) {
    warn(`您拨打的号码是空号。请拨 ${phone.dataset.hotline}。`);
    return;
  }
  begin(() => post("/phone/tickets", { dialled, number: $("own-number")?.value ?? "" }));
}

// ---------------------------------------------------------------- what is said

function follow(id) {
  const list = $("captions");
  const captions = new EventSource(`/phone/${id}/captions`);
  call.captions = captions;
  captions.onopen = () => list.replaceChildren(); // everything is told again after a break
  captions.onmessage = ({ data }) => {
    const { who, text } = JSON.parse(data);
    if (who === "end") captions.close();
    if (!text || !WHO[who]) return;
    const line = document.createElement("li");
    const name = document.createElement("small");
    line.className = who;
    name.textContent = WHO[who];
    line.append(name, text);
    list.append(line);
    list.parentElement.scrollTop = list.parentElement.scrollHeight;
  };
}

async function say(event) {
  event.preventDefault();
  const text = $("say-text").value.trim();
  if (!text || state() !== "talking") return;
  try {
    await post(`/phone/${call.id}/say`, { text });
    $("say-text").value = "";
  } catch (error) {
    warn(error.message);
  }
}

// ---------------------------------------------------------------- keys

function press(digit, milliseconds) {
  const button = document.querySelector(`[data-key="${digit}"]`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
  if (state() === "talking") {
    call.sound.key(digit);
    call.line.key(digit, milliseconds);
  } else if (state() !== "connecting") {
    const field = $("number-dialled");
    if (field.value.length < field.maxLength) field.value += digit;
  }
}

function typesText(target) {
  return target instanceof HTMLInputElement && !target.readOnly && !target.disabled;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || typesText(event.target)) return;
  if (/^[0-9*#]$/.test(event.key)) press(event.key, 100);
});

for (const button of document.querySelectorAll("[data-key]")) {
  button.addEventListener("pointerdown", () => { pressedAt = performance.now(); });
  button.addEventListener("click", () => {
    press(button.dataset.key, pressedAt ? performance.now() - pressedAt : 100);
    pressedAt = 0;
  });
}

// ---------------------------------------------------------------- incoming calls

const bell = new Bell({
  onRing: ({ ring, shown }) => {
    if (ringing || state() === "connecting" || state() === "talking") {
      post(`/phone/rings/${ring}/busy`).catch(() => {}); // over by itself
      return;
    }
    ringing = ring;
    $("ring-from").textContent = shown;
    $("ring").hidden = false;
    document.title = `来电 ${shown}`;
    $("pick-up").focus();
    bell.sound();
  },
  onOver: (ring) => { if (ring === ringing) stopRinging(); },
  onState: (words) => { if ($("own-state")) $("own-state").textContent = words; },
});

function stopRinging() {
  ringing = null;
  $("ring").hidden = true;
  document.title = title;
  bell.silence();
}

$("pick-up").addEventListener("click", () => {
  const ring = ringing;
  stopRinging();
  begin(() => post(`/phone/rings/${ring}/answer`));
});
$("reject").addEventListener("click", () => {
  post(`/phone/rings/${ringing}/reject`).catch(() => {}); // over by itself
  stopRinging();
});

async function saveNumber(event) {
  event?.preventDefault();
  const number = $("own-number").value;
  try {
    await post("/phone/number", { number });
    warn("");
    if (number.trim()) bell.listen();
    else {
      bell.stop();
      bell.onState("不接听来电");
    }
  } catch (error) {
    warn(error.message);
  }
}

// ---------------------------------------------------------------- the page

$("dial").addEventListener("click", dial);
$("hang-up").addEventListener("click", hangUp);
$("erase").addEventListener("click", () => {
  $("number-dialled").value = $("number-dialled").value.slice(0, -1);
});
$("number-dialled").addEventListener("keydown", (event) => {
  if (event.key === "Enter") dial();
});
$("say").addEventListener("submit", say);
$("own")?.addEventListener("submit", saveNumber);
if ($("own-number")?.value) bell.listen();
if (!window.isSecureContext || !navigator.mediaDevices || !window.AudioWorkletNode) {
  warn("这里不能用话筒和喇叭：请在本机打开，或者用 https 地址打开本页。");
  $("dial").disabled = true;
}
show("idle", "可以拨打");
