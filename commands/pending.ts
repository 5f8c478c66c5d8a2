/**
 * The commands under way, folded from the log's `command` category: what the lanes have to sign and
 * send, and what the follower waits for. A view that is rebuilt at every start; the log is the
 * truth.
 */

import type { RecordedEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { createWakeUps, type Wait } from '../domain/waiting/wake-ups.ts'
import {
  type CommandState,
  commandDecider,
  isFinal,
  isSigned,
  type RequestedCommand,
  type SignedCommand,
} from './command/command.ts'
import { commandIdOf } from './command/view.ts'
import { fold, type Loaded } from './handle.ts'
import type { PendingPlaces } from './submit.ts'

export type PendingCommand<State = RequestedCommand | SignedCommand> = Readonly<{
  id: string
  loaded: Loaded<State>
  /** Where it was requested: commands of an account are signed in this order. */
  requested: Readonly<{ logPosition: number; eventId: string }>
}>

export type PendingCommands = Readonly<{
  places: PendingPlaces
  /**
   * Takes in an event of a command's stream, in log order. Events that are already known are passed
   * over.
   */
  observe: (event: RecordedEvent) => void
  /**
   * Takes in what a step has just made of a command, before its events come back through `observe`.
   */
  update: (id: string, loaded: Loaded<CommandState>) => void
  all: () => readonly PendingCommand[]
  /** In the order of their requests. */
  ofAccount: (account: Felt) => readonly PendingCommand[]
  byTransaction: (transaction: Felt) => PendingCommand<SignedCommand> | null
  /** The transaction was sent, but the node knows it no more: it has to be sent again. */
  markVanished: (id: string) => void
  /** Whether it was marked; forgets the mark. */
  takeVanished: (id: string) => boolean
  hasVanished: (id: string) => boolean
  /** Waits for the next change to a command of the account. Ask before looking. */
  nextChange: (account: Felt) => Wait
  /** Waits for the next change to any command. */
  nextChangeOfAny: () => Wait
}>

type Known = { command: PendingCommand; account: Felt }

const transactionOf = (state: CommandState): Felt | null =>
  isSigned(state) ? state.signature.transaction : null

/**
 * Without any command. `perAccountMax`: commands of one account that may be under way at a time.
 */
export const createPendingCommands = (perAccountMax: number): PendingCommands => {
  const byId = new Map<string, Known>()
  const idByTransaction = new Map<Felt, string>()
  const reserved = new Map<string, Felt>()
  const vanished = new Set<string>()
  const wakeUps = createWakeUps()

  const ofAccount = (account: Felt): readonly PendingCommand[] =>
    [...byId.values()].filter((known) => known.account === account).map(({ command }) => command)

  const forget = (id: string, { command, account }: Known): void => {
    byId.delete(id)
    vanished.delete(id)
    const transaction = transactionOf(command.loaded.state)
    if (transaction !== null) idByTransaction.delete(transaction)
    wakeUps.wake(account)
  }

  const update = (id: string, loaded: Loaded<CommandState>): void => {
    const known = byId.get(id)
    if (known === undefined || loaded.revision <= known.command.loaded.revision) return
    const { state } = loaded
    if (isFinal(state) || state.name === 'UNREQUESTED') {
      forget(id, known)
      return
    }
    const before = transactionOf(known.command.loaded.state)
    if (before !== null) idByTransaction.delete(before)
    const now = transactionOf(state)
    if (now !== null) idByTransaction.set(now, id)
    known.command = { ...known.command, loaded: { ...loaded, state } }
    wakeUps.wake(known.account)
  }

  const observe = (event: RecordedEvent): void => {
    const id = commandIdOf(event.stream)
    const known = byId.get(id)
    if (known !== undefined) {
      if (event.revision === known.command.loaded.revision + 1) {
        update(id, fold(commandDecider, known.command.loaded, event))
      }
      return
    }
    if (event.revision !== 0) return // the rest of a command that has ended already
    const before: Loaded<CommandState> = {
      state: commandDecider.initialState,
      revision: -1,
      startedAt: null,
    }
    const loaded = fold(commandDecider, before, event)
    if (loaded.state.name !== 'REQUESTED') return
    const requested = { logPosition: event.logPosition, eventId: event.id }
    const { account } = loaded.state.intent
    byId.set(id, {
      account,
      command: { id, loaded: { ...loaded, state: loaded.state }, requested },
    })
    reserved.delete(id)
    wakeUps.wake(account)
  }

  const takePlace = (account: Felt, id: string): boolean => {
    if (byId.has(id) || reserved.has(id)) return true
    const waiting = [...reserved.values()].filter((other) => other === account).length
    if (ofAccount(account).length + waiting >= perAccountMax) return false
    reserved.set(id, account)
    return true
  }

  const byTransaction = (transaction: Felt): PendingCommand<SignedCommand> | null => {
    const command = byId.get(idByTransaction.get(transaction) ?? '')?.command
    return command !== undefined && isSignedCommand(command) ? command : null
  }

  return {
    places: { take: takePlace, giveBack: (id) => void reserved.delete(id) },
    observe,
    update,
    all: () => [...byId.values()].map(({ command }) => command),
    ofAccount,
    byTransaction,
    markVanished: (id) => {
      const known = byId.get(id)
      if (known === undefined) return
      vanished.add(id)
      wakeUps.wake(known.account)
    },
    takeVanished: (id) => vanished.delete(id),
    hasVanished: (id) => vanished.has(id),
    nextChange: (account) => wakeUps.next((name) => name === account),
    nextChangeOfAny: () => wakeUps.next(() => true),
  }
}

export const isSignedCommand = (
  command: PendingCommand,
): command is PendingCommand<SignedCommand> => isSigned(command.loaded.state)

export const isRequestedCommand = (
  command: PendingCommand,
): command is PendingCommand<RequestedCommand> => command.loaded.state.name === 'REQUESTED'
