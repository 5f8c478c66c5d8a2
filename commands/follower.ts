/**
 * Watches the world for what came of the commands under way. Most end by the facts of their own
 * transaction as these arrive in the log; what leaves no fact (a silent refusal, a reverted
 * transaction, one that vanished) is found by asking the node whenever the log has covered another
 * block.
 */

import type { EventLog } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import type { Backoff } from '../domain/waiting/backoff.ts'
import type { Outage } from '../domain/waiting/outage.ts'
import { until } from '../domain/waiting/pause.ts'
import { type RetryOptions, repeatedly } from '../domain/waiting/persistently.ts'
import { together } from '../domain/waiting/together.ts'
import { createWakeUps } from '../domain/waiting/wake-ups.ts'
import { createEntryReader, type WorldEntry } from '../domain/world-stream/entries.ts'
import type { WorldDefinition } from '../domain/worlds/definition.ts'
import type { CommandStep, SignedCommand } from './command/command.ts'
import { endingOf } from './command/outcome.ts'
import type { CoveredHead, CoveredHeads } from './covered-heads.ts'
import { isSignedCommand, type PendingCommand, type PendingCommands } from './pending.ts'
import { takeStep } from './take-step.ts'
import { readFacts, type TransactionFacts, transactionsOf } from './transaction-facts.ts'
import type { TransactionSender } from './transaction-sender.ts'

/** What the follower works with. */
export type FollowerOptions = Readonly<{
  log: EventLog
  definition: WorldDefinition
  /** The stream in which the facts of the world appear. */
  worldStream: string
  sender: Pick<TransactionSender, 'status' | 'blockHash'>
  pending: PendingCommands
  heads: CoveredHeads
  /** 0 ≤ random < 1, for jitter. */
  random: () => number
  /** Between tries of what failed. Default: from 100 ms up to 5 s. */
  backoff?: Backoff | undefined
  /** Told of failures that are tried again, and of their end. */
  outage: Outage
}>

/** Without any new block, the node is asked again after this long. */
const QUIET_CHECK_MS = 2_000
const STATUS_REQUESTS_MAX = 4

/**
 * Follows until the signal aborts, from after a position before which no command's fact lies.
 * Throws only what trying again cannot help.
 */
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

const retrying = ({ random, backoff, outage }: FollowerOptions): RetryOptions => ({
  random,
  backoff,
  ...outage,
})

/** How far the facts have been followed, and when the head moves. */
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
      for (const entry of standing(reader.take(message.events))) {
        const found = entry.kind === 'block' ? transactionsOf(entry, isWanted) : []
        for (const facts of found) await endByFacts(options, facts)
        resumeAfter = entry.position
        progress.advance(entry.position)
      }
    }
  }
  return repeatedly(follow, signal, retrying(options))
}

/** Without the blocks that are retracted further on: what came of a transaction there is undone. */
const standing = (entries: readonly WorldEntry[]): readonly WorldEntry[] => {
  const retracted = new Set(
    entries.flatMap((entry) => (entry.kind === 'retraction' ? [entry.retracted.position] : [])),
  )
  return entries.filter((entry) => entry.kind !== 'block' || !retracted.has(entry.headerPosition))
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

/** Asks for what has ended without a fact, as far as the facts were followed up to a head. */
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
    const checks = batch.map((command) => checkOne(options, command, head, signal))
    await Promise.allSettled(checks) // so that none goes on beside the next try
    await Promise.all(checks)
  }
}

/** What the node says of a transaction of which no fact was seen up to the head. */
const checkOne = async (
  options: FollowerOptions,
  command: PendingCommand<SignedCommand>,
  head: CoveredHead | null,
  signal: AbortSignal,
): Promise<void> => {
  const { log, pending, sender } = options
  const { name, signature } = command.loaded.state
  const { transaction } = signature
  const status = await sender.status(transaction, signal)
  switch (status.kind) {
    case 'pending':
      return
    case 'unknown':
      // What is only signed is in the lane's hands.
      if (name === 'SUBMITTED') pending.markVanished(transaction)
      return
    case 'included': {
      const { block, revertReason } = status
      const ending: CommandStep | null =
        revertReason === null
          ? await endingInBlock(options, command, { block, head, signal })
          : { step: 'revert', transaction, block, reason: revertReason }
      if (ending !== null) await takeStep(log, pending, command, ending)
      return
    }
    default:
      status satisfies never
  }
}

type Inclusion = Readonly<{
  /** The block in which the node says that the transaction is. */
  block: number
  head: CoveredHead | null
  signal: AbortSignal
}>

/**
 * How a command ends whose transaction succeeded; null while the log does not hold that block. It
 * holds it when the head is at or beyond the block and on the node's branch: after a reorg the log
 * has blocks of the same numbers for a while that are none of the node's.
 */
const endingInBlock = async (
  { log, sender, definition, worldStream }: FollowerOptions,
  { loaded }: PendingCommand<SignedCommand>,
  { block, head, signal }: Inclusion,
): Promise<CommandStep | null> => {
  if (head === null || block > head.block) return null
  if ((await sender.blockHash(head.block, signal)) !== head.hash) return null
  const { intent, signature } = loaded.state
  const { transaction, afterPosition } = signature
  const place = { transaction, block, afterPosition, upToPosition: head.position }
  return endingOf(definition, intent, await readFacts(log, worldStream, place))
}
