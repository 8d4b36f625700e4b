// The page of one call: the cursor on the waveform, the line being said, speed, keys.

const audio = document.getElementById("audio");
const wave = document.getElementById("wave");
const cursor = document.getElementById("cursor");
const speed = document.getElementById("speed");
const lines = [...document.querySelectorAll("tr[data-from]")];
const STEP_SECONDS = 5;

function length() {
  return Number.isFinite(audio.duration) ? audio.duration : Number(wave.dataset.seconds);
}

function jump(seconds, play = true) {
  const go = () => {
    audio.currentTime = Math.max(0, Math.min(seconds, length()));
    if (play) audio.play();
  };
  if (audio.readyState > 0) go();
  else {
    audio.addEventListener("loadedmetadata", go, { once: true });
    audio.load();
  }
}

const begin = (line) => Number(line.dataset.from);

function current() {
  return lines.findLastIndex((line) => begin(line) <= audio.currentTime + 0.05);
}

function toLine(step) {
  const line = lines[Math.max(0, Math.min(lines.length - 1, current() + step))];
  if (line) jump(begin(line));
}

function faster(step) {
  speed.selectedIndex = Math.max(0, Math.min(speed.options.length - 1, speed.selectedIndex + step));
  audio.playbackRate = Number(speed.value);
}

const KEYS = {
  " ": () => (audio.paused ? audio.play() : audio.pause()),
  ArrowLeft: () => jump(audio.currentTime - STEP_SECONDS, !audio.paused),
  ArrowRight: () => jump(audio.currentTime + STEP_SECONDS, !audio.paused),
  ArrowUp: () => toLine(-1),
  ArrowDown: () => toLine(1),
  "<": () => faster(-1),
  ",": () => faster(-1),
  ">": () => faster(1),
  ".": () => faster(1),
};

function show(span) {
  const share = (seconds) => Math.min(1, Number(seconds) / Math.max(0.01, Number(wave.dataset.seconds)));
  span.style.left = `${share(span.dataset.start) * 100}%`;
  span.style.width = `${(share(span.dataset.end) - share(span.dataset.start)) * 100}%`;
}

if (audio) {
  wave.querySelectorAll(".muted").forEach(show);
  audio.addEventListener("timeupdate", () => {
    cursor.hidden = false;
    cursor.style.left = `${(audio.currentTime / Math.max(0.01, length())) * 100}%`;
    const now = current();
    lines.forEach((line, index) => line.classList.toggle("now", index === now));
  });
  audio.addEventListener("play", () => { audio.playbackRate = Number(speed.value); });
  speed.addEventListener("change", () => faster(0));
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    jump(((event.clientX - box.left) / box.width) * length());
  });
  for (const button of document.querySelectorAll("[data-at]")) {
    button.addEventListener("click", () => jump(Number(button.dataset.at)));
  }
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, select, textarea, button, summary, a, audio");
    if (busy || event.ctrlKey || event.altKey || event.metaKey || !(event.key in KEYS)) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}
