/**
 * The process that carries commands out: finds those under way in the log, gives each account its
 * lane, and follows the world for their ends. It holds nothing that a restart does not find again.
 */
import { until } from '../domain/waiting/pause.ts'
import { type RetryOptions, repeatedly } from '../domain/waiting/persistently.ts'
import { together } from '../domain/waiting/together.ts'
import { COMMAND_CATEGORY } from './command/stream.ts'
import { type FollowerOptions, runFollower } from './follower.ts'
import { type LaneOptions, runLane } from './lane.ts'
import { isSignedCommand, type PendingCommands } from './pending.ts'
import { readSettledMark, type SettledMark, writeSettledMark } from './settled-mark.ts'

/** What carries commands out works with. */
export type CommandRunnerOptions = LaneOptions & FollowerOptions

/** Commands' events between two marks. */
const MARK_EVERY_EVENTS = 2_000

/** Carries out commands until the signal aborts. Throws only what trying again cannot help. */
export const runCommands = async (
  options: CommandRunnerOptions,
  signal: AbortSignal,
): Promise<void> => {
  const caughtUp = Promise.withResolvers<void>()
  const work = async (either: AbortSignal): Promise<void> => {
    await until(caughtUp.promise, either)
    await repeatedly(() => carryOut(options, either), either, retrying(options))
  }
  await together(signal, (either) => [
    trackCommands(options, caughtUp.resolve, either),
    work(either),
  ])
}

/** Lanes and follower, over the commands that were found under way. */
const carryOut = async (options: CommandRunnerOptions, signal: AbortSignal): Promise<void> => {
  const from = await firstPosition(options)
  await together(signal, (all) => [
    runFollower(options, from, all),
    ...options.sender.accounts.map((account) => runLane(options, account, all)),
  ])
}

const retrying = ({ random, backoff, outage }: CommandRunnerOptions): RetryOptions => ({
  random,
  backoff,
  ...outage,
})

/** No fact of a command under way lies at or before this position. */
const firstPosition = async ({
  log,
  worldStream,
  pending,
}: CommandRunnerOptions): Promise<number> => {
  const head = (await log.head(worldStream)) ?? -1
  return pending
    .all()
    .filter(isSignedCommand)
    .reduce((first, { loaded }) => Math.min(first, loaded.state.signature.afterPosition), head)
}

/** Reads commands as the log tells of them; `caughtUp` is told that none is missing. */
const trackCommands = async (
  options: CommandRunnerOptions,
  caughtUp: () => void,
  signal: AbortSignal,
): Promise<void> => {
  const { log, pending } = options
  let after: number | null = null
  let last: SettledMark | null = null
  let unmarked = 0
  const track = async (succeeded: () => void): Promise<void> => {
    after ??= await readSettledMark(log)
    for await (const message of log.subscribeCategory(COMMAND_CATEGORY, after, signal)) {
      succeeded()
      if (message.kind === 'caughtUp') {
        after = Math.max(after, message.position)
        caughtUp()
        if (unmarked >= MARK_EVERY_EVENTS && last !== null) {
          await writeSettledMark(log, firstOpen(pending) ?? last)
          unmarked = 0
        }
        continue
      }
      for (const event of message.events) {
        pending.observe(event)
        last = { logPosition: event.logPosition, eventId: event.id }
      }
      after = Math.max(after, last?.logPosition ?? after)
      unmarked += message.events.length
    }
  }
  await repeatedly(track, signal, retrying(options))
}

/** The request of the oldest command under way; null when there is none. */
const firstOpen = (pending: PendingCommands): SettledMark | null =>
  pending
    .all()
    .map(({ requested }) => requested)
    .reduce<SettledMark | null>(
      (first, mark) => (first === null || mark.logPosition < first.logPosition ? mark : first),
      null,
    )
