/**
 * When to draw: a frame is drawn when something asked for it, never otherwise. On a machine that cannot keep up the
 * resolution sinks while things move and returns when they rest.
 */

const SLOW_FRAME_MS = 34
const FAST_FRAME_MS = 19
const REST_MS = 160
const DENSITY_MAX = 2
const DENSITY_MIN = 0.5
/** The slow beat of claimable hexes needs few frames. */
const BEAT_MS = 60

export type Motion = 'still' | 'beating' | 'moving'

export type FrameLoop = Readonly<{ request: () => void; stop: () => void }>

/** `draw` gets device pixels per CSS pixel and says what the next frame is needed for. */
export const createFrameLoop = (draw: (density: number) => Motion): FrameLoop => {
  const whole = Math.min(DENSITY_MAX, globalThis.devicePixelRatio || 1)
  let density = whole
  let frame = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = 0
  let gap = 16
  let isCoarse = false

  const schedule = (motion: Motion, drawnCoarse: boolean): void => {
    clearTimeout(timer)
    if (motion === 'moving') request()
    else if (drawnCoarse) timer = setTimeout(request, REST_MS)
    else if (motion === 'beating') timer = setTimeout(request, Math.max(BEAT_MS, gap * 4))
  }
  const run = (now: number): void => {
    frame = 0
    const passed = now - last
    last = now
    const flowing = passed < 250
    if (flowing) gap = gap * 0.8 + passed * 0.2
    if (!flowing && isCoarse) density = whole
    else if (flowing && gap > SLOW_FRAME_MS) density = Math.max(DENSITY_MIN, density * 0.85)
    else if (flowing && gap < FAST_FRAME_MS) density = Math.min(whole, density * 1.1)
    const motion = draw(motionless(passed) ? whole : density)
    isCoarse = density < whole && !motionless(passed)
    schedule(motion, isCoarse)
  }
  const motionless = (passed: number): boolean => passed >= REST_MS - 10
  const request = (): void => {
    if (frame === 0) frame = requestAnimationFrame(run)
  }
  return {
    request,
    stop: () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    },
  }
}
