/**
 * Shows a finished chain again, block by block at any speed, as if it were happening now. Nothing
 * is executed and nothing is written: the replay only says up to which block the chain may be seen.
 */
import { FatalError } from '../../../domain/errors.ts'
import { pause } from '../../../domain/waiting/pause.ts'

export const BLOCKS_PER_SECOND_MAX = 1_000_000
/** Shortest time between two looks at the clock: faster blocks appear several at a time. */
const TICK_MS_MIN = 5

export type ReplayOptions = Readonly<{
  /** 0 stands still until it is stepped or given a speed. */
  blocksPerSecond: number
  /** Number of the last block of the chain. */
  lastBlock: number
  nowMs: () => number
  /** Called after further blocks have become visible. */
  onShown: () => void
}>

export type Replay = Readonly<{
  /** Number of the last block that may be seen. */
  shownTo: () => number
  /** Shows one block more; false at the end of the chain. */
  step: () => boolean
  /** Continues from here at another speed. Throws FatalError when the speed is out of range. */
  setSpeed: (blocksPerSecond: number) => void
  stop: () => void
}>

const checkSpeed = (blocksPerSecond: number): void => {
  if (blocksPerSecond >= 0 && blocksPerSecond <= BLOCKS_PER_SECOND_MAX) return
  throw new FatalError(
    `A replay shows 0 to ${BLOCKS_PER_SECOND_MAX} blocks a second, not ${blocksPerSecond}.`,
  )
}

/** A replay that begins at genesis. */
export const createReplay = ({
  blocksPerSecond,
  lastBlock,
  nowMs,
  onShown,
}: ReplayOptions): Replay => {
  checkSpeed(blocksPerSecond)
  /** The last block that was shown. */
  let shown = 0
  /** Where the replay was when the present speed was set. */
  let origin = { block: 0, ms: nowMs(), speed: 0 }
  let playing = new AbortController()
  const shownTo = (): number => {
    const due = origin.block + Math.floor(((nowMs() - origin.ms) / 1000) * origin.speed)
    return Math.max(shown, Math.min(lastBlock, due))
  }
  const show = (): void => {
    const now = shownTo()
    if (now <= shown) return
    shown = now
    onShown()
  }
  const play = async (signal: AbortSignal): Promise<void> => {
    while (origin.speed > 0 && shown < lastBlock) {
      await pause(Math.max(TICK_MS_MIN, 1000 / origin.speed), signal)
      if (signal.aborted) return
      show()
    }
  }
  const stop = (): void => playing.abort()
  const restart = (block: number, speed: number): void => {
    stop()
    playing = new AbortController()
    origin = { block, ms: nowMs(), speed }
    show()
    void play(playing.signal)
  }
  restart(0, blocksPerSecond)
  return {
    shownTo,
    step: () => {
      if (shownTo() >= lastBlock) return false
      shown = shownTo() + 1
      onShown()
      restart(shown, origin.speed)
      return true
    },
    setSpeed: (speed) => {
      checkSpeed(speed)
      restart(shownTo(), speed)
    },
    stop,
  }
}
