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
import { until } from '../domain/waiting/pause.ts'
import { repeatedly } from '../domain/waiting/persistently.ts'
import type { WorldDefinition } from '../domain/worlds/definition.ts'
import { entrypointsOf } from '../schemas/worlds/calls.ts'
import { encodeCalldata } from '../schemas/worlds/encode.ts'
import { type CommandSignature, isSigned, type SignedCommand } from './command/command.ts'
import {
  isRequestedCommand,
  isSignedCommand,
  type PendingCommand,
  type PendingCommands,
} from './pending.ts'
import { takeStep } from './take-step.ts'
import type { SendOutcome, TransactionSender } from './transaction-sender.ts'

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
  /** Told of every failure that will be tried again. */
  report: (problem: string) => void
}>

/**
 * Carries out the commands of one account until the signal aborts. Throws only what trying again
 * cannot help.
 */
export const runLane = async (
  options: LaneOptions,
  account: Felt,
  signal: AbortSignal,
): Promise<void> => {
  const { pending, random, backoff, report } = options
  const nonces = createNonces(options, account)
  const step = async (): Promise<void> => {
    const change = pending.nextChange(account)
    try {
      const work = nextWork(pending, account)
      if (work === null) await until(change.woken, signal)
      else await carryOut(options, nonces, work)
    } finally {
      change.cancel()
    }
  }
  await repeatedly(step, signal, {
    random,
    backoff,
    onRetry: ({ error }) => {
      nonces.forget()
      report(`Commands of account ${account} wait: ${error.message}`)
    },
  })
}

/**
 * What was signed goes before what was not, lowest nonce first: no later transaction can overtake
 * an earlier one.
 */
const nextWork = (pending: PendingCommands, account: Felt): PendingCommand | null => {
  const commands = pending.ofAccount(account)
  const unsent = commands
    .filter(isSignedCommand)
    .filter(({ id, loaded }) => loaded.state.name === 'SIGNED' || pending.hasVanished(id))
    .sort((a, b) => (nonceOf(a) < nonceOf(b) ? -1 : 1))
  return unsent[0] ?? commands.find(isRequestedCommand) ?? null
}

type SignedPending = PendingCommand<SignedCommand>

const signatureOf = ({ loaded }: SignedPending): CommandSignature => loaded.state.signature
const nonceOf = (command: SignedPending): bigint => BigInt(signatureOf(command).nonce)

/** The account's next nonce, asked of the node once and then counted. */
const createNonces = ({ sender, pending }: LaneOptions, account: Felt) => {
  let next: bigint | null = null
  return {
    /** Null when the node knows no such account. */
    peek: async (): Promise<bigint | null> => {
      if (next !== null) return next
      const asked = await sender.nonce(account)
      if (asked === null) return null
      const signed = pending.ofAccount(account).filter(isSignedCommand).map(nonceOf)
      next = signed.reduce((highest, nonce) => (nonce >= highest ? nonce + 1n : highest), asked)
      return next
    },
    use: (nonce: bigint): void => {
      next = nonce + 1n
    },
    forget: (): void => {
      next = null
    },
  }
}

type Nonces = ReturnType<typeof createNonces>

const carryOut = async (
  options: LaneOptions,
  nonces: Nonces,
  command: PendingCommand,
): Promise<void> => {
  if (isSignedCommand(command)) return sendSigned(options, nonces, command)
  const { log, pending, sender, definition } = options
  const { intent } = command.loaded.state
  const nonce = await nonces.peek()
  if (nonce === null) {
    await takeStep(log, pending, command, { step: 'expire', reason: 'ACCOUNT_NOT_DEPLOYED' })
    return
  }
  const call = entrypointsOf(definition).get(intent.entrypoint)
  if (call === undefined)
    throw new FatalError(`Command ${command.id} calls ${intent.entrypoint}, which is unknown`)
  const calldata = encodeCalldata(definition, intent.entrypoint, intent.args)
  const calls = [{ to: call.address, entrypoint: intent.entrypoint, calldata }]
  const unsigned = {
    account: intent.account,
    nonce: nonce.toString(),
    bounds: sender.bounds,
    calls,
  }
  const { hash } = await sender.sign(unsigned)
  const { account: _, ...content } = unsigned
  const afterPosition = (await log.head(options.worldStream)) ?? -1
  const signature: CommandSignature = { transaction: hash, ...content, afterPosition }
  const state = await takeStep(log, pending, command, { step: 'sign', signature })
  if (isSigned(state) && state.signature.transaction === hash) nonces.use(nonce)
}

/** Sends, or sends again, exactly what was signed. */
const sendSigned = async (
  options: LaneOptions,
  nonces: Nonces,
  command: SignedPending,
): Promise<void> => {
  const { log, pending, sender } = options
  const { transaction, nonce, bounds, calls } = signatureOf(command)
  const { account } = command.loaded.state.intent
  const signed = await sender.sign({ account, nonce, bounds, calls })
  if (signed.hash !== transaction) {
    throw new FatalError(
      `Command ${command.id}: signing its content again gives ${signed.hash}, not ${transaction}`,
    )
  }
  const outcome = await sendOrFind(sender, signed)
  pending.takeVanished(command.id)
  switch (outcome.kind) {
    case 'sent':
      await takeStep(log, pending, command, { step: 'submit', transaction })
      return
    case 'refused': {
      // The node never held it and nobody else has its bytes; the next command takes its nonce and
      // ends it for good.
      nonces.forget()
      const reason = `NODE_REFUSED_${outcome.code}: ${outcome.message}`
      await takeStep(log, pending, command, { step: 'expire', reason })
      return
    }
    case 'wrong-nonce':
      nonces.forget()
      return resolveWrongNonce(options, command)
    default:
      return outcome satisfies never
  }
}

/**
 * A send without an answer may have arrived: the hash is known, so the node can be asked for it.
 */
const sendOrFind = async (
  sender: TransactionSender,
  signed: Awaited<ReturnType<TransactionSender['sign']>>,
): Promise<SendOutcome> => {
  try {
    return await sender.send(signed)
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error
    const { kind } = await sender.status(signed.hash)
    if (kind === 'unknown') throw error
    return { kind: 'sent' }
  }
}

/**
 * The node expects another nonce. Asked in this order, a nonce that is past and a hash that is
 * unknown mean that another transaction has taken its place for good.
 */
const resolveWrongNonce = async (
  { log, pending, sender }: LaneOptions,
  command: SignedPending,
): Promise<void> => {
  const { transaction } = signatureOf(command)
  const { account } = command.loaded.state.intent
  const expected = await sender.nonce(account)
  const { kind } = await sender.status(transaction)
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
  const missing = pending
    .ofAccount(account)
    .filter(isSignedCommand)
    .filter((other) => nonceOf(other) >= expected && nonceOf(other) < own)
  for (const { id } of missing) pending.markVanished(id)
  if (missing.length === 0)
    await takeStep(log, pending, command, { step: 'void-signature', transaction })
}
