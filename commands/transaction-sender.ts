/**
 * What commands need of a chain: signing for the process's own accounts, sending, and asking what
 * became of it. Every adapter passes transaction-sender.contract.ts.
 *
 * Signing is deterministic and asks the node nothing: the same unsigned transaction always gives
 * the same hash and the same bytes, which is what lets a command that crashed between signing and
 * sending be sent again. All other methods throw RetryableError when the node cannot be reached or
 * answers nonsense, FatalError when trying again cannot help, and the signal's reason when it
 * aborts; then nothing is known about their effect. Their answers come from one node: a reorg or a
 * lost pool can take back what it said, but no answer is older than the one before.
 */
import type { Felt } from '../domain/felt.ts'

/** A state-changing call; `calldata` in the order of the entrypoint's parameters. */
export type ContractCall = Readonly<{ to: Felt; entrypoint: string; calldata: readonly Felt[] }>

/** Most units of a resource, and most to pay for each, as decimal text (in FRI). */
export type ResourceBound = Readonly<{ maxAmount: string; maxPricePerUnit: string }>
/** For each of the resources that a transaction pays for. */
export type ResourceBounds = Readonly<{
  l1Gas: ResourceBound
  l1DataGas: ResourceBound
  l2Gas: ResourceBound
}>

/**
 * All that a transaction consists of beside the chain id, which the sender pins. The tip is always
 * 0.
 */
export type UnsignedTransaction = Readonly<{
  account: Felt
  /** Decimal text. */
  nonce: string
  bounds: ResourceBounds
  /** They take effect together and in this order, or not at all. */
  calls: readonly ContractCall[]
}>

/** `payload` is the signed transaction as the sender's own `send` takes it; it is never stored. */
export type SignedTransaction = Readonly<{ hash: Felt; payload: object }>

/** What a node makes of a transaction that reached it. */
export type SendOutcome =
  /** The node has it now, or had it before. */
  | Readonly<{ kind: 'sent' }>
  /**
   * The account's next nonce is another one, or another transaction with this one waits. A node may
   * also say so of a transaction that it holds, or had put into a block before.
   */
  | Readonly<{ kind: 'wrong-nonce' }>
  /** The node will not take this transaction, however often it is asked. `code` is the node's. */
  | Readonly<{ kind: 'refused'; code: number; message: string }>

/** How far a transaction has come, as the node sees it now. */
export type TransactionStatus =
  /** The node does not know the hash. */
  | Readonly<{ kind: 'unknown' }>
  /** Received, candidate or pre-confirmed: it may still get into a block, or vanish. */
  | Readonly<{ kind: 'pending' }>
  /** In an accepted block; `revertReason` is null when it succeeded. */
  | Readonly<{ kind: 'included'; block: number; revertReason: string | null }>

/** Signs for some accounts and sends to one chain. */
export type TransactionSender = Readonly<{
  /** Accounts that it can sign for; the first is the operator's. */
  accounts: readonly Felt[]
  /** Bounds that suffice for one call of the game. */
  bounds: ResourceBounds
  /**
   * Next nonce of an account, counting transactions that the next block will take; null when there
   * is no such account.
   */
  nonce: (account: Felt, signal?: AbortSignal) => Promise<bigint | null>
  /** Throws FatalError for an account that it holds no key of. */
  sign: (transaction: UnsignedTransaction) => Promise<SignedTransaction>
  /** Sending what was sent before is harmless: a transaction takes effect once. */
  send: (transaction: SignedTransaction, signal?: AbortSignal) => Promise<SendOutcome>
  status: (hash: Felt, signal?: AbortSignal) => Promise<TransactionStatus>
  /** Hash of the accepted block of this number; null when the node has none (yet). */
  blockHash: (number: number, signal?: AbortSignal) => Promise<Felt | null>
}>
