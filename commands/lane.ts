/**
 * One account's way to the chain: its commands are signed and sent one after the other, each with
 * the next nonce. What will be sent is in the log before it is sent, so that whatever happens in
 * between, the same transaction is sent again and never another one for the same command: a
 * transaction can land once, hence a command can.
 */

import { FatalError, RetryableError } from '../domain/errors.ts'
import type { EventLog } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import type { Backoff } from '../domain/waiting/backoff.ts'
import type { Outage } from '../domain/waiting/outage.ts'
import { until } from '../domain/waiting/pause.ts'
import { repeatedly } from '../domain/waiting/persistently.ts'
import type { WorldDefinition } from '../domain/worlds/definition.ts'
import { entrypointsOf } from '../schemas/worlds/calls.ts'
import { encodeCalldata } from '../schemas/worlds/encode.ts'
import {
  type CommandIntent,
  type CommandSignature,
  isSigned,
  type RequestedCommand,
  type SignedCommand,
} from './command/command.ts'
import {
  isRequestedCommand,
  isSignedCommand,
  type PendingCommand,
  type PendingCommands,
} from './pending.ts'
import { takeStep } from './take-step.ts'
import type {
  ContractCall,
  SendOutcome,
  SignedTransaction,
  TransactionSender,
  UnsignedTransaction,
} from './transaction-sender.ts'

/** What a lane works with. */
export type LaneOptions = Readonly<{
  log: EventLog
  definition: WorldDefinition
  /** The stream in which the facts of the world appear. */
  worldStream: string
  sender: TransactionSender
  pending: PendingCommands
  /** 0 ≤ random < 1, for jitter. */
  random: () => number
  /** Between tries of what failed. Default: from 100 ms up to 5 s. */
  backoff?: Backoff | undefined
  /** Told of failures that are tried again, and of their end. */
  outage: Outage
}>

/**
 * Carries out the commands of one account until the signal aborts, which cuts short what it asks of
 * the node. Throws only what trying again cannot help.
 */
export const runLane = async (
  options: LaneOptions,
  account: Felt,
  signal: AbortSignal,
): Promise<void> => {
  const { pending, random, backoff, outage } = options
  const lane = { ...options, signal, nonces: createNonces(options, account, signal) }
  const step = async (): Promise<void> => {
    const change = pending.nextChange(account)
    try {
      const work = nextWork(pending, account)
      if (work === null) await until(change.woken, signal)
      else if (isSignedCommand(work)) await sendSigned(lane, work)
      else await signNext(lane, work)
    } finally {
      change.cancel()
    }
  }
  await repeatedly(step, signal, {
    random,
    backoff,
    onRetry: ({ error }) => {
      lane.nonces.forget()
      outage.onRetry({ error: new RetryableError(`account ${account}: ${error.message}`) })
    },
    onRecovered: outage.onRecovered,
  })
}

type RequestedPending = PendingCommand<RequestedCommand>
type SignedPending = PendingCommand<SignedCommand>

type Lane = LaneOptions & Readonly<{ signal: AbortSignal; nonces: Nonces }>

const signatureOf = ({ loaded }: SignedPending): CommandSignature => loaded.state.signature
const nonceOf = (command: SignedPending): bigint => BigInt(signatureOf(command).nonce)

/**
 * What was signed goes before what was not, lowest nonce first: no later transaction can overtake
 * an earlier one.
 */
const nextWork = (
  pending: PendingCommands,
  account: Felt,
): RequestedPending | SignedPending | null => {
  const commands = pending.ofAccount(account)
  const isUnsent = ({ loaded: { state } }: SignedPending): boolean =>
    state.name === 'SIGNED' || pending.hasVanished(state.signature.transaction)
  const [unsent] = commands
    .filter(isSignedCommand)
    .filter(isUnsent)
    .sort((a, b) => (nonceOf(a) < nonceOf(b) ? -1 : 1))
  return unsent ?? commands.find(isRequestedCommand) ?? null
}

type Nonces = Readonly<{
  /** Null when the node knows no such account. */
  peek: () => Promise<bigint | null>
  use: (nonce: bigint) => void
  /** The node is asked again: what was counted may be wrong. */
  forget: () => void
}>

/** The account's next nonce, asked of the node once and then counted. */
const createNonces = (
  { sender, pending }: LaneOptions,
  account: Felt,
  signal: AbortSignal,
): Nonces => {
  let next: bigint | null = null
  return {
    peek: async () => {
      if (next !== null) return next
      const asked = await sender.nonce(account, signal)
      if (asked === null) return null
      const signed = pending.ofAccount(account).filter(isSignedCommand).map(nonceOf)
      next = signed.reduce((highest, nonce) => (nonce >= highest ? nonce + 1n : highest), asked)
      return next
    },
    use: (nonce) => {
      next = nonce + 1n
    },
    forget: () => {
      next = null
    },
  }
}

/** Signs with the account's next nonce, and records what was signed before anything is sent. */
const signNext = async (lane: Lane, command: RequestedPending): Promise<void> => {
  const { log, pending, sender, nonces, definition, worldStream } = lane
  const { intent } = command.loaded.state
  const expire = (reason: string) => takeStep(log, pending, command, { step: 'expire', reason })
  const call = callOf(definition, intent)
  if (call === null) {
    await expire('UNKNOWN_ENTRYPOINT')
    return
  }
  const nonce = await nonces.peek()
  if (nonce === null) {
    await expire('ACCOUNT_NOT_DEPLOYED')
    return
  }
  const content = { nonce: nonce.toString(), bounds: sender.bounds, calls: [call] }
  const { hash } = await sender.sign({ account: intent.account, ...content })
  const afterPosition = (await log.head(worldStream)) ?? -1
  const signature: CommandSignature = { transaction: hash, ...content, afterPosition }
  const state = await takeStep(log, pending, command, { step: 'sign', signature })
  if (isSigned(state) && state.signature.transaction === hash) nonces.use(nonce)
}

/** Null for a call that the world no longer has, in this program's definition of it. */
const callOf = (
  definition: WorldDefinition,
  { entrypoint, args }: CommandIntent,
): ContractCall | null => {
  const call = entrypointsOf(definition).get(entrypoint)
  if (call === undefined) return null
  return { to: call.address, entrypoint, calldata: encodeCalldata(definition, entrypoint, args) }
}

/** Sends, or sends again, exactly what was signed. It is signed again, because keys sign alike. */
const sendSigned = async (lane: Lane, command: SignedPending): Promise<void> => {
  const { log, pending, sender, nonces } = lane
  const { transaction } = signatureOf(command)
  const signed = await sender.sign(contentOf(command))
  if (signed.hash !== transaction) {
    throw new FatalError(
      `Command ${command.id}: signing its content again gives ${signed.hash}, not ${transaction}`,
    )
  }
  const outcome = await sendOrFind(lane, signed)
  pending.unmarkVanished(transaction)
  switch (outcome.kind) {
    case 'sent':
      await takeStep(log, pending, command, { step: 'submit', transaction })
      return
    case 'refused': {
      // The node does not hold it; the next command takes its nonce and ends it for good.
      nonces.forget()
      const reason = `NODE_REFUSED_${outcome.code}: ${outcome.message}`
      await takeStep(log, pending, command, { step: 'expire', reason })
      return
    }
    case 'wrong-nonce':
      nonces.forget()
      return resolveWrongNonce(lane, command)
    default:
      return outcome satisfies never
  }
}

const contentOf = (command: SignedPending): UnsignedTransaction => {
  const { nonce, bounds, calls } = signatureOf(command)
  return { account: command.loaded.state.intent.account, nonce, bounds, calls }
}

/**
 * A transaction that was sent without an answer may have arrived, and one that is refused may have
 * been taken at an earlier try: its hash is known, so the node can be asked for it.
 */
const sendOrFind = async (
  { sender, signal }: Lane,
  signed: SignedTransaction,
): Promise<SendOutcome> => {
  const isHeld = async (): Promise<boolean> =>
    (await sender.status(signed.hash, signal)).kind !== 'unknown'
  try {
    const outcome = await sender.send(signed, signal)
    return outcome.kind === 'refused' && (await isHeld()) ? { kind: 'sent' } : outcome
  } catch (error) {
    if (error instanceof RetryableError && (await isHeld())) return { kind: 'sent' }
    throw error
  }
}

/**
 * The node expects another nonce. Asked in this order, a hash that is unknown means that the
 * transaction can land no more: another one has its nonce, or the chain went back behind what came
 * before it and the node has dropped it.
 */
const resolveWrongNonce = async (lane: Lane, command: SignedPending): Promise<void> => {
  const { log, pending, sender, signal } = lane
  const { transaction } = signatureOf(command)
  const { account } = command.loaded.state.intent
  const expected = await sender.nonce(account, signal)
  const { kind } = await sender.status(transaction, signal)
  if (kind !== 'unknown') {
    await takeStep(log, pending, command, { step: 'submit', transaction })
    return
  }
  const own = nonceOf(command)
  if (expected === null || expected === own) {
    throw new RetryableError(
      `the node refuses nonce ${own} of ${account} and says that it expects ${expected}`,
    )
  }
  const earlier = pending
    .ofAccount(account)
    .filter(isSignedCommand)
    .filter((other) => nonceOf(other) >= expected && nonceOf(other) < own)
  if (earlier.length === 0)
    await takeStep(log, pending, command, { step: 'void-signature', transaction })
  else await sendEarlierAgain(lane, earlier)
}

/** The node waits for transactions that were sent before: those that it has lost are to be resent. */
const sendEarlierAgain = async (
  { pending, sender, signal }: Lane,
  earlier: readonly SignedPending[],
): Promise<void> => {
  let lost = 0
  for (const other of earlier) {
    const { transaction } = signatureOf(other)
    const { kind } = await sender.status(transaction, signal)
    if (kind !== 'unknown') continue
    pending.markVanished(transaction)
    lost += 1
  }
  if (lost === 0) throw new RetryableError('the node waits for transactions that it says to have')
}
