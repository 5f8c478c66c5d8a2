/**
 * When to draw, and how finely. A frame is drawn when something asked for it, never otherwise, and the ground only when
 * the ground changed. On a machine that cannot keep up, the ground is drawn coarser while the map moves, and finely as
 * soon as it rests.
 */

/** A frame that takes longer than this is too slow to follow a hand; one below the other leaves room for more. */
const SLOW_FRAME_MS = 30
const FAST_FRAME_MS = 19
const REST_MS = 140
const DENSITY_MAX = 2
const DENSITY_MIN = 0.4
/** Motions that need few frames: the slow beat of claimable hexes. */
const BEAT_MS = 60

/** What the next frame is needed for: nothing, a slow beat above the ground, something above it, or the ground too. */
export type Motion = 'still' | 'beating' | 'above' | 'all'

export type Frame = Readonly<{
  /** Device pixels per CSS pixel to draw the ground with; null when it is as it was. */
  groundDensity: number | null
  /** Whether the map is being moved, so that fineness may wait. */
  isMoving: boolean
}>

export type FrameLoop = Readonly<{
  /** Something above the ground changed. */
  request: () => void
  /** The ground changed, too. */
  requestGround: () => void
  /** The camera moved. */
  move: () => void
  stop: () => void
}>

/** `draw` draws one frame and says what the next one is needed for. */
export const createFrameLoop = (draw: (frame: Frame) => Motion): FrameLoop => {
  const finest = Math.min(DENSITY_MAX, globalThis.devicePixelRatio || 1)
  let density = finest
  let drawnDensity = finest
  let isGroundDue = true
  let wasMoving = false
  let hasMoved = false
  let movedAt = -Infinity
  let frameAt = 0
  let frame = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const run = (now: number): void => {
    frame = 0
    // A busy machine may take long to give a frame: a move that was not drawn yet is still a move.
    const isMoving = hasMoved || now - movedAt < REST_MS
    hasMoved = false
    if (isMoving && wasMoving) density = nextDensity(density, now - frameAt, finest)
    if (!isMoving && drawnDensity < finest) isGroundDue = true
    const groundDensity = isGroundDue ? (isMoving ? density : finest) : null
    isGroundDue = false
    frameAt = now
    wasMoving = isMoving
    drawnDensity = groundDensity ?? drawnDensity
    schedule(draw({ groundDensity, isMoving }), performance.now() - now)
  }
  const request = (): void => {
    if (frame === 0) frame = requestAnimationFrame(run)
  }
  const schedule = (motion: Motion, costMs: number): void => {
    clearTimeout(timer)
    isGroundDue ||= motion === 'all'
    if (motion === 'all' || motion === 'above') request()
    else if (drawnDensity < finest || wasMoving) timer = setTimeout(request, REST_MS)
    else if (motion === 'beating') timer = setTimeout(request, Math.max(BEAT_MS, costMs * 4))
  }
  const requestGround = (): void => {
    isGroundDue = true
    request()
  }
  return {
    request,
    requestGround,
    move: () => {
      hasMoved = true
      movedAt = performance.now()
      requestGround()
    },
    stop: () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
    },
  }
}

/** Moves the density towards what would make a frame last about 25 ms; its cost goes with the square of the density. */
const nextDensity = (density: number, frameMs: number, finest: number): number => {
  if (frameMs > SLOW_FRAME_MS) {
    const fitting = density * Math.max(0.4, Math.sqrt(25 / frameMs))
    return Math.max(DENSITY_MIN * finest, fitting)
  }
  return frameMs < FAST_FRAME_MS ? Math.min(finest, density * 1.06) : density
}
