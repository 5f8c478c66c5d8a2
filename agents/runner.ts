/**
 * Players that play for as long as the process lives, each at its own pace, on whatever chain they
 * see.
 */
import { messageOf, RetryableError } from '../domain/errors.ts'
import { pause } from '../domain/waiting/pause.ts'
import { repeatedly } from '../domain/waiting/persistently.ts'
import { together } from '../domain/waiting/together.ts'
import { createHeadWatch, type HeadWatch, type HeadWatchOptions } from './head-watch.ts'
import type { Player } from './player.ts'

/** A player that waits for the read models, and not for a block, looks again after this long. */
const IDLE_MS = 50

/** Plays until the signal aborts. Throws only what trying again cannot help. */
export const runPlayers = async (
  players: readonly Player[],
  options: HeadWatchOptions,
  signal: AbortSignal,
): Promise<void> => {
  const watch = createHeadWatch(options)
  await together(signal, (either) => [
    watch.run(either),
    ...players.map((player) => play(player, watch, options, either)),
  ])
}

/** Bots start again after a failure that another look does not mend. */
const RESTART_BACKOFF = { firstMs: 5_000, maxMs: 60_000 }

/**
 * Plays until the signal aborts, whatever happens: players are guests, and what ends them must not
 * end the system that others use. They are made anew then, and start again after a pause.
 */
export const runGuests = (
  createPlayers: () => readonly Player[],
  options: HeadWatchOptions,
  signal: AbortSignal,
): Promise<void> =>
  repeatedly(
    async () => {
      try {
        await runPlayers(createPlayers(), options, signal)
      } catch (error) {
        throw new RetryableError(messageOf(error), { cause: error })
      }
    },
    signal,
    {
      backoff: RESTART_BACKOFF,
      ...options.outage,
    },
  )

const play = async (
  player: Player,
  watch: HeadWatch,
  { random, outage }: HeadWatchOptions,
  signal: AbortSignal,
): Promise<void> => {
  const turn = async (): Promise<void> => {
    await watch.waitFor(player.wakeBlock())
    if (signal.aborted) return
    const intention = await player.think(signal)
    if (intention === null) await pause(IDLE_MS, signal)
    else await player.perform(intention, signal)
  }
  await repeatedly(turn, signal, {
    random,
    onRetry: ({ error }) =>
      outage.onRetry({ error: new RetryableError(`account ${player.account}: ${error.message}`) }),
    onRecovered: outage.onRecovered,
  })
}
