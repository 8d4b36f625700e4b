// The page of one call: the cursor on the waveform, and jumping to a line of the transcript.

const audio = document.getElementById("audio");
const wave = document.getElementById("wave");
const cursor = document.getElementById("cursor");

function length() {
  return Number.isFinite(audio.duration) ? audio.duration : Number(wave.dataset.seconds);
}

function jump(seconds) {
  const go = () => {
    audio.currentTime = Math.max(0, Math.min(seconds, length()));
    audio.play();
  };
  if (audio.readyState > 0) go();
  else {
    audio.addEventListener("loadedmetadata", go, { once: true });
    audio.load();
  }
}

if (audio) {
  audio.addEventListener("timeupdate", () => {
    cursor.hidden = false;
    cursor.style.left = `${(audio.currentTime / Math.max(0.01, length())) * 100}%`;
  });
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    jump(((event.clientX - box.left) / box.width) * length());
  });
  for (const button of document.querySelectorAll("[data-at]")) {
    button.addEventListener("click", () => jump(Number(button.dataset.at)));
  }
}
