/**
 * What commands need of a chain: signing for the process's own accounts, sending, and asking what
 * became of it. Signing is deterministic: the same unsigned transaction always gives the same hash
 * and the same bytes, which is what lets a command that crashed between signing and sending be sent
 * again. All methods but `sign` throw RetryableError when the node cannot be reached or answers
 * nonsense, and then nothing is known about their effect.
 */
import type { Felt } from '../domain/felt.ts'

/** A state-changing call; `calldata` in the order of the entrypoint's parameters. */
export type ContractCall = Readonly<{ to: Felt; entrypoint: string; calldata: readonly Felt[] }>

/** Most units of a resource, and most to pay for each, as decimal text (in FRI). */
export type ResourceBound = Readonly<{ maxAmount: string; maxPricePerUnit: string }>
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
  calls: readonly ContractCall[]
}>

/** `payload` is the signed transaction as the sender's own `send` takes it; it is never stored. */
export type SignedTransaction = Readonly<{ hash: Felt; payload: object }>

export type SendOutcome =
  /** The node has it now, or had it before. */
  | Readonly<{ kind: 'sent' }>
  /** The account's next nonce is another one. */
  | Readonly<{ kind: 'wrong-nonce' }>
  /** The node will not take this transaction, however often it is asked. */
  | Readonly<{ kind: 'refused'; code: number; message: string }>

export type TransactionStatus =
  /** The node does not know the hash. */
  | Readonly<{ kind: 'unknown' }>
  /** Received, candidate or pre-confirmed: it may still get into a block, or vanish. */
  | Readonly<{ kind: 'pending' }>
  /** In an accepted block; `revertReason` is null when it succeeded. */
  | Readonly<{ kind: 'included'; block: number; revertReason: string | null }>

export type TransactionSender = Readonly<{
  /** Accounts that it can sign for; the first is the operator's. */
  accounts: readonly Felt[]
  /** Bounds that suffice for one call of the game. */
  bounds: ResourceBounds
  /**
   * Next nonce of an account, counting transactions that wait for a block; null when there is no
   * such account.
   */
  nonce: (account: Felt) => Promise<bigint | null>
  /** Throws FatalError for an account that it holds no key of. */
  sign: (transaction: UnsignedTransaction) => Promise<SignedTransaction>
  send: (transaction: SignedTransaction) => Promise<SendOutcome>
  status: (hash: Felt) => Promise<TransactionStatus>
}>
