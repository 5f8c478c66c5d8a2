/**
 * The seam between the sandbox's chain (blocks, accounts, RPC, disk) and the game that runs on it
 * (rows, rules, events). The chain knows felts and transactions; the game knows models and
 * formulas. Implemented in infra/sandbox/game/.
 */

/** An event as the World contract emits it. */
export type EmittedEvent = Readonly<{ keys: readonly bigint[]; data: readonly bigint[] }>

/** A model row as stored: felts of its keys and of its values (enums 1-based). */
export type StoredRow = Readonly<{
  model: string
  modelSelector: bigint
  entityId: bigint
  keys: readonly bigint[]
  values: readonly bigint[]
}>

export type Call = Readonly<{ to: bigint; selector: bigint; calldata: readonly bigint[] }>

/** What a call may know about its transaction. */
export type CallContext = Readonly<{ caller: bigint; block: number; timestamp: number }>

/**
 * Thrown by a call that the contract reverts: bad calldata, arithmetic overflow, unknown
 * entrypoint, missing writer.
 */
export class CallReverted extends Error {
  override name: string = 'CallReverted'
}

/** No contract of the world stands at the called address. */
export class ContractUnknown extends CallReverted {
  override name = 'ContractUnknown'
}

/** The called contract has no entrypoint with this selector. */
export class EntrypointUnknown extends CallReverted {
  override name = 'EntrypointUnknown'
}

/** The calls of one transaction, and what they may know about it. */
export type GameTransaction = Readonly<{ calls: readonly Call[]; context: CallContext }>

export type CallResult = Readonly<{ returned: readonly bigint[]; events: readonly EmittedEvent[] }>

export type Game = Readonly<{
  /**
   * Runs calls, views included, as one transaction: all or nothing. When it throws CallReverted,
   * nothing has changed.
   */
  execute: (calls: readonly Call[], context: CallContext) => readonly CallResult[]
  /**
   * Runs transactions one after the other, each on the result of the ones before, and takes
   * everything back at the end: neither the state nor the changed rows keep a trace. Gives one
   * outcome each, in order; a revert is a value here.
   */
  simulate: (
    transactions: readonly GameTransaction[],
  ) => readonly (readonly CallResult[] | CallReverted)[]
  /** Runs a read-only call: a view of the game, of the World or of a model's contract. */
  view: (call: Call, context: CallContext) => readonly bigint[]
  /**
   * Initialises world generation, as genesis does. Returns the events; the rows count as changed.
   * To be called once, on a fresh world.
   */
  genesis: (context: CallContext) => readonly EmittedEvent[]
  /**
   * Rows changed since the last call of this function, in first-change order, each with its latest
   * values.
   */
  takeChangedRows: () => readonly StoredRow[]
  /** Restores rows that were stored before, at start-up. */
  load: (rows: Iterable<StoredRow>) => void
}>
