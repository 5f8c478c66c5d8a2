/**
 * When to draw. A frame is drawn when something asked for it, never otherwise, and the ground only
 * when the ground changed. While something moves the ground may be drawn coarsely; once it rests it
 * is drawn again, finely.
 */

const REST_MS = 140
/** Motions that need few frames: the slow beat of claimable hexes. */
const BEAT_MS = 60

/**
 * What the next frame is needed for: nothing, a slow beat above the ground, something above it, or
 * the ground too.
 */
export type Motion = 'still' | 'beating' | 'above' | 'all'

/** How the ground is to be drawn in a frame; null when it is as it was. */
export type GroundDue = 'coarse' | 'fine' | null

/** Asks for frames; each is drawn at most once, when the browser gives one. */
export type FrameLoop = Readonly<{
  /** Something above the ground changed. */
  request: () => void
  /** The ground changed, too. */
  requestGround: () => void
  /** The camera moved. */
  move: () => void
  stop: () => void
}>

/**
 * `draw` draws one frame and says what the next one is needed for. `fineCostMs` is what a fine
 * ground takes: changes of the world draw it anew only so often that three quarters of the time are
 * left for everything else.
 */
export const createFrameLoop = (
  draw: (ground: GroundDue) => Motion,
  fineCostMs: () => number,
): FrameLoop => {
  let isGroundDue = true
  let isCoarse = false
  let hasMoved = false
  let movedAt = -Infinity
  let fineAt = -Infinity
  let motion: Motion = 'still'
  let frame = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const run = (now: number): void => {
    frame = 0
    clearTimeout(timer)
    // A busy machine may take long to give a frame: a move that was not drawn yet is still a move.
    const isMoving = hasMoved || motion === 'all' || now - movedAt < REST_MS
    hasMoved = false
    if (!isMoving && isCoarse) isGroundDue = true
    const waitMs = isMoving || isCoarse ? 0 : fineAt + fineCostMs() * 4 - now
    const ground = !isGroundDue || waitMs > 0 ? null : isMoving ? 'coarse' : 'fine'
    if (ground !== null) {
      isGroundDue = false
      isCoarse = ground === 'coarse'
      if (!isCoarse) fineAt = now
    }
    const started = performance.now()
    motion = draw(ground)
    isGroundDue ||= motion === 'all'
    if (motion === 'all' || motion === 'above') request()
    else if (isCoarse) timer = setTimeout(request, REST_MS)
    else if (isGroundDue) timer = setTimeout(request, waitMs)
    else if (motion === 'beating')
      timer = setTimeout(request, Math.max(BEAT_MS, (performance.now() - started) * 4))
  }
  const request = (): void => {
    if (frame === 0) frame = requestAnimationFrame(run)
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
