// Time while playing: how many quarters have passed, and how many frames a second were shown.

const REMEMBERED = 2000; // milliseconds over which frames are counted
const LONGEST = 250; // milliseconds: after a longer pause (a hidden tab) the run does not leap

// onFrame(quarters passed since the last frame) is called at every frame while it runs.
export class Clock {
  constructor(onFrame) {
    this.onFrame = onFrame;
    this.speed = 4;
    this.frame = 0;
    this.times = new Float64Array(512);
    this.count = 0;
    this.tick = this.tick.bind(this);
  }

  get isRunning() {
    return this.frame !== 0;
  }

  start() {
    if (!this.isRunning) {
      this.count = 0;
      this.last = performance.now();
      this.frame = requestAnimationFrame(this.tick);
    }
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  tick(now) {
    this.frame = requestAnimationFrame(this.tick);
    this.times[this.count % this.times.length] = now;
    this.count += 1;
    const passed = Math.max(0, Math.min(LONGEST, now - this.last));
    this.last = now;
    this.onFrame((passed / 1000) * this.speed);
  }

  // Frames a second over the last two seconds of playing.
  framesPerSecond() {
    const known = Math.min(this.count, this.times.length);
    if (known < 2) {
      return 0;
    }
    const latest = this.times[(this.count - 1) % this.times.length];
    let frames = 0;
    let earliest = latest;
    for (let back = 1; back < known; back += 1) {
      const time = this.times[(this.count - 1 - back) % this.times.length];
      if (latest - time > REMEMBERED) {
        break;
      }
      [frames, earliest] = [frames + 1, time];
    }
    return frames === 0 ? 0 : (1000 * frames) / (latest - earliest);
  }
}
