/**
 * Watches the world for what came of the commands under way. Most end by the facts of their own
 * transaction as these arrive in the log; what leaves no fact (a silent refusal, a reverted
 * transaction, one that vanished) is found by asking the node whenever the log has covered another
 * block.
 */

import type { EventLog } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import type { Backoff } from '../domain/waiting/backoff.ts'
import { until } from '../domain/waiting/pause.ts'
import { type RetryOptions, repeatedly } from '../domain/waiting/persistently.ts'
import { together } from '../domain/waiting/together.ts'
import { createWakeUps } from '../domain/waiting/wake-ups.ts'
import { createEntryReader } from '../domain/world-stream/entries.ts'
import type { WorldDefinition } from '../domain/worlds/definition.ts'
import type { SignedCommand } from './command/command.ts'
import { endingOf } from './command/outcome.ts'
import type { CoveredHead, CoveredHeads } from './covered-heads.ts'
import { isSignedCommand, type PendingCommand, type PendingCommands } from './pending.ts'
import { takeStep } from './take-step.ts'
import { readFacts, type TransactionFacts, transactionsOf } from './transaction-facts.ts'
import type { TransactionSender } from './transaction-sender.ts'

export type FollowerOptions = Readonly<{
  log: EventLog
  definition: WorldDefinition
  /** The stream in which the facts of the world appear. */
  worldStream: string
  sender: Pick<TransactionSender, 'status'>
  pending: PendingCommands
  heads: CoveredHeads
  /** 0 ≤ random < 1, for jitter. */
  random: () => number
  /** Between tries of what failed. Default: from 100 ms up to 5 s. */
  backoff?: Backoff | undefined
  /** Told of every failure that will be tried again. */
  report: (problem: string) => void
}>

/** Without any new block, the node is asked again after this long. */
const QUIET_CHECK_MS = 2_000
const STATUS_REQUESTS_MAX = 4

/** Follows until the signal aborts, from after a position before which no command's fact lies. */
export const runFollower = async (
  options: FollowerOptions,
  afterPosition: number,
  signal: AbortSignal,
): Promise<void> => {
  const progress = createProgress(afterPosition)
  await together(signal, (either) => [
    followFacts(options, progress, either),
    followHeads(options, progress, either),
    checkAtHeads(options, progress, either),
  ])
}

const retrying = ({ random, backoff, report }: FollowerOptions): RetryOptions => ({
  random,
  backoff,
  onRetry: ({ error }) => report(`Following commands waits: ${error.message}`),
})

/** How far the facts have been followed, and how often the head moved. */
const createProgress = (afterPosition: number) => {
  const wakeUps = createWakeUps()
  let position = afterPosition
  return {
    position: () => position,
    advance: (to: number): void => {
      position = Math.max(position, to)
      wakeUps.wake('facts')
    },
    headMoved: (): void => wakeUps.wake('head'),
    nextHead: () => wakeUps.next((what) => what === 'head'),
    /** Resolves when the facts have been followed up to `target`, or the signal aborts. */
    reached: async (target: number, signal: AbortSignal): Promise<void> => {
      while (position < target && !signal.aborted) {
        const wait = wakeUps.next((what) => what === 'facts')
        if (position < target) await until(wait.woken, signal)
        wait.cancel()
      }
    },
  }
}

type Progress = ReturnType<typeof createProgress>

const followFacts = (
  options: FollowerOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> => {
  const { log, worldStream, pending } = options
  let resumeAfter = progress.position()
  const isWanted = (transaction: Felt): boolean => pending.byTransaction(transaction) !== null
  const follow = async (succeeded: () => void): Promise<void> => {
    const reader = createEntryReader({ after: resumeAfter, isBoundary: false })
    for await (const message of log.subscribe(worldStream, resumeAfter, signal)) {
      succeeded()
      if (message.kind === 'caughtUp') continue
      for (const entry of reader.take(message.events)) {
        const found = entry.kind === 'block' ? transactionsOf(entry, isWanted) : []
        for (const facts of found) await endByFacts(options, facts)
        resumeAfter = entry.position
        progress.advance(entry.position)
      }
    }
  }
  return repeatedly(follow, signal, retrying(options))
}

const endByFacts = async (
  { log, definition, pending }: FollowerOptions,
  facts: TransactionFacts,
): Promise<void> => {
  const command = pending.byTransaction(facts.transaction)
  if (command === null) return
  const { intent } = command.loaded.state
  await takeStep(log, pending, command, endingOf(definition, intent, facts))
}

const followHeads = (
  options: FollowerOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> => {
  const follow = async (): Promise<void> => {
    for await (const _ of options.heads.subscribe(signal)) progress.headMoved()
  }
  return repeatedly(follow, signal, retrying(options))
}

const checkAtHeads = (
  options: FollowerOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> => {
  const check = async (): Promise<void> => {
    const head = progress.nextHead()
    try {
      await checkOnce(options, progress, signal)
      await until(head.woken, signal, QUIET_CHECK_MS * (1 + options.random()))
    } finally {
      head.cancel()
    }
  }
  return repeatedly(check, signal, retrying(options))
}

const checkOnce = async (
  options: FollowerOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> => {
  if (!options.pending.all().some(isSignedCommand)) return
  const head = await options.heads.latest()
  if (head !== null) await progress.reached(head.position, signal)
  const waiting = options.pending.all().filter(isSignedCommand)
  for (let at = 0; at < waiting.length && !signal.aborted; at += STATUS_REQUESTS_MAX) {
    const batch = waiting.slice(at, at + STATUS_REQUESTS_MAX)
    await Promise.all(batch.map((command) => checkOne(options, command, head)))
  }
}

/** What the node says of a transaction of which no fact was seen up to the head. */
const checkOne = async (
  options: FollowerOptions,
  command: PendingCommand<SignedCommand>,
  head: CoveredHead | null,
): Promise<void> => {
  const { log, pending, sender, definition, worldStream } = options
  const { name, intent, signature } = command.loaded.state
  const { transaction, afterPosition } = signature
  const status = await sender.status(transaction)
  if (status.kind === 'pending') return
  if (status.kind === 'unknown') {
    // What is only signed is in the lane's hands.
    if (name === 'SUBMITTED') pending.markVanished(command.id)
    return
  }
  const { block, revertReason } = status
  if (revertReason !== null) {
    await takeStep(log, pending, command, {
      step: 'revert',
      transaction,
      block,
      reason: revertReason,
    })
    return
  }
  if (head === null || block > head.block) return
  const place = { transaction, block, afterPosition, upToPosition: head.position }
  const facts = await readFacts(log, worldStream, place)
  await takeStep(log, pending, command, endingOf(definition, intent, facts))
}
