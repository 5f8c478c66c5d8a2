/**
 * The commands under way, folded from the log's `command` category: what the lanes have to sign and
 * send, and what the follower waits for. A view that is rebuilt at every start; the log is the
 * truth. A step is told to it twice, by `update` as soon as it was taken and by `observe` when its
 * event comes back from the log; the second changes nothing.
 */
import type { RecordedEvent } from '../domain/event-log/event-log.ts'
import type { Felt } from '../domain/felt.ts'
import { createWakeUps, type Wait, type WakeUps } from '../domain/waiting/wake-ups.ts'
import {
  type CommandState,
  commandDecider,
  isFinal,
  isSigned,
  type RequestedCommand,
  type SignedCommand,
} from './command/command.ts'
import { commandIdOf } from './command/stream.ts'
import { fold, type Loaded, unstarted } from './handle.ts'
import type { PendingPlaces } from './submit.ts'

/** A command that has not ended. */
export type PendingCommand<State = RequestedCommand | SignedCommand> = Readonly<{
  id: string
  loaded: Loaded<State>
  /** Where it was requested: commands of an account are signed in this order. */
  requested: Readonly<{ logPosition: number; eventId: string }>
}>

/** The view, and what its users tell it. It holds nothing of a command that has ended. */
export type PendingCommands = Readonly<{
  places: PendingPlaces
  /**
   * Takes in an event of a command's stream, in log order. Events that are already known are passed
   * over. Throws FatalError for an event in a shape that only a newer program knows.
   */
  observe: (event: RecordedEvent) => void
  /**
   * Takes in what a step has just made of a command, before its events come back through `observe`.
   */
  update: (id: string, loaded: Loaded<CommandState>) => void
  /** In the order of their requests. */
  all: () => readonly PendingCommand[]
  /** In the order of their requests. */
  ofAccount: (account: Felt) => readonly PendingCommand[]
  /** The command whose signature this is; null when none under way has it. */
  byTransaction: (transaction: Felt) => PendingCommand<SignedCommand> | null
  /**
   * The transaction was sent, but the node knows it no more: it has to be sent again. Passed over
   * for one that no command under way has.
   */
  markVanished: (transaction: Felt) => void
  /** Forgets the mark: it is being sent again. */
  unmarkVanished: (transaction: Felt) => void
  hasVanished: (transaction: Felt) => boolean
  /** Waits for the next change to a command of the account. Ask before looking. */
  nextChange: (account: Felt) => Wait
}>

/**
 * Without any command. `perAccountMax`: commands of one account that may be under way at a time.
 */
export const createPendingCommands = (perAccountMax: number): PendingCommands => {
  const book = createBook()
  const { byId, vanished, wakeUps } = book
  const places = createPlaces(perAccountMax, book)
  return {
    places,
    observe: (event) => {
      if (observe(book, event)) places.release(commandIdOf(event.stream))
    },
    update: (id, loaded) => update(book, id, loaded),
    all: () => [...byId.values()],
    ofAccount: (account) => ofAccount(book, account),
    byTransaction: (transaction) => withTransaction(book, transaction),
    markVanished: (transaction) => {
      const command = withTransaction(book, transaction)
      if (command === null) return
      vanished.add(transaction)
      wakeUps.wake(accountOf(command))
    },
    unmarkVanished: (transaction) => void vanished.delete(transaction),
    hasVanished: (transaction) => vanished.has(transaction),
    nextChange: (account) => wakeUps.next((name) => name === account),
  }
}

/** What is known of the commands under way. A map keeps the order in which they were requested. */
type Book = Readonly<{
  byId: Map<string, PendingCommand>
  /** Ids by the transaction that may land. */
  byTransaction: Map<Felt, string>
  /** Those of them that the node knows no more. */
  vanished: Set<Felt>
  /** Woken by account. */
  wakeUps: WakeUps
}>

const createBook = (): Book => ({
  byId: new Map(),
  byTransaction: new Map(),
  vanished: new Set(),
  wakeUps: createWakeUps(),
})

const accountOf = ({ loaded }: PendingCommand): Felt => loaded.state.intent.account

const ofAccount = ({ byId }: Book, account: Felt): readonly PendingCommand[] =>
  [...byId.values()].filter((command) => accountOf(command) === account)

const withTransaction = (
  { byId, byTransaction }: Book,
  transaction: Felt,
): PendingCommand<SignedCommand> | null => {
  const command = byId.get(byTransaction.get(transaction) ?? '')
  return command !== undefined && isSignedCommand(command) ? command : null
}

/** Whether the event has begun a command. */
const observe = (book: Book, event: RecordedEvent): boolean => {
  const id = commandIdOf(event.stream)
  const known = book.byId.get(id)?.loaded
  if (known !== undefined) {
    if (event.revision === known.revision + 1) update(book, id, fold(commandDecider, known, event))
    return false
  }
  if (event.revision !== 0) return false // the rest of a command that has ended already
  const loaded = fold(commandDecider, unstarted(commandDecider.initialState), event)
  const { state } = loaded
  if (state.name !== 'REQUESTED') return false
  const requested = { logPosition: event.logPosition, eventId: event.id }
  const command = { id, loaded: { ...loaded, state }, requested }
  book.byId.set(id, command)
  book.wakeUps.wake(accountOf(command))
  return true
}

const update = (book: Book, id: string, loaded: Loaded<CommandState>): void => {
  const command = book.byId.get(id)
  if (command === undefined || loaded.revision <= command.loaded.revision) return
  const { byId, byTransaction, vanished, wakeUps } = book
  const { state } = loaded
  const [before, now] = [transactionOf(command.loaded.state), transactionOf(state)]
  if (before !== null && before !== now) {
    byTransaction.delete(before)
    vanished.delete(before)
  }
  if (now !== null) byTransaction.set(now, id)
  if (isFinal(state) || state.name === 'UNREQUESTED') byId.delete(id)
  else byId.set(id, { ...command, loaded: { ...loaded, state } })
  wakeUps.wake(accountOf(command))
}

const transactionOf = (state: CommandState): Felt | null =>
  isSigned(state) ? state.signature.transaction : null

type Places = PendingPlaces &
  Readonly<{
    /** The command is under way now and counts as such: its request needs no place any more. */
    release: (commandId: string) => void
  }>

/** Places are taken by commands under way, and by requests that the log has not given back yet. */
const createPlaces = (perAccountMax: number, book: Book): Places => {
  const requests = new Map<string, Felt>()
  return {
    take: (account, id) => {
      if (book.byId.has(id) || requests.has(id)) return () => {}
      const waiting = [...requests.values()].filter((other) => other === account).length
      if (ofAccount(book, account).length + waiting >= perAccountMax) return null
      requests.set(id, account)
      return () => void requests.delete(id)
    },
    release: (id) => void requests.delete(id),
  }
}

/** Whether a command has a transaction that may land. */
export const isSignedCommand = (
  command: PendingCommand,
): command is PendingCommand<SignedCommand> => isSigned(command.loaded.state)

/** Whether a command is still to be signed. */
export const isRequestedCommand = (
  command: PendingCommand,
): command is PendingCommand<RequestedCommand> => command.loaded.state.name === 'REQUESTED'
