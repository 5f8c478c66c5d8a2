/**
 * Support for tests of the sandbox: a node on the tally game, and transactions signed by its
 * accounts.
 */
import { type Account, RpcProvider, Account as StarknetAccount } from 'starknet'
import { FatalError } from '../../domain/errors.ts'
import type { Felt } from '../../domain/felt.ts'
import { SANDBOX_CHAIN_ID } from '../../domain/sandbox-chain.ts'
import type { SandboxAccount } from './chain/accounts.ts'
import type { Call } from './chain/game.ts'
import {
  calldataOfCalls,
  type InvokeTransaction,
  invokeTransactionHash,
} from './chain/invoke-transaction.ts'
import { sign } from './chain/stark-signature.ts'
import { ADD, createTallyGame, FAIL, GET, TALLY_ADDRESS } from './chain/tally-game.testing.ts'
import { unsignedTransaction } from './chain/unsigned-transaction.ts'
import {
  createSandbox,
  type SandboxNode,
  type SandboxOptions,
  type SandboxParts,
} from './sandbox-node.ts'

const LOCKSTEP: SandboxOptions = {
  dataFile: null,
  blockTimeMs: null,
  seed: null,
  botAccounts: 2,
}

/**
 * A node on the tally game, unless other parts are given; a failure of the node fails the test that
 * caused it.
 */
export const tallySandbox = (
  options: Partial<SandboxOptions> = {},
  nowMs = (): number => 1_800_000_000_000,
  parts: Partial<SandboxParts> = {},
): SandboxNode => {
  const onFailure = (error: FatalError): never => {
    throw error
  }
  return createSandbox(
    { ...LOCKSTEP, ...options },
    { createGame: createTallyGame, clock: { nowMs }, onFailure, ...parts },
  )
}

export const add = (key: bigint, amount: bigint): Call => ({
  to: TALLY_ADDRESS,
  selector: ADD,
  calldata: [key, amount],
})

/** An INVOKE v3 transaction with bounds that just cover its quote, signed. */
export const signedTransaction = (
  account: SandboxAccount,
  nonce: number,
  calls: readonly Call[],
  changes: Partial<InvokeTransaction> = {},
): InvokeTransaction => {
  const calldata = calldataOfCalls(calls)
  const transaction: InvokeTransaction = {
    ...unsignedTransaction(account.address, nonce, calldata, calls.length),
    ...changes,
  }
  const hash = invokeTransactionHash(transaction, SANDBOX_CHAIN_ID)
  return { ...transaction, signature: changes.signature ?? [...sign(hash, account.privateKey)] }
}

/** What a node answers to a method: the result, or the error's code, message and data. */
export type Answer = Readonly<{
  result?: unknown
  error?: Readonly<{ code: number; message: string; data?: unknown }>
}>

/** Calls a method of a node in this thread. */
export const ask = (node: SandboxNode, method: string, params?: unknown): Answer =>
  JSON.parse(node.handle(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })) ?? 'null')

/** The result of a method; throws when it was refused. The caller says what shape it expects. */
export const resultOf = <T>(node: SandboxNode, method: string, params?: unknown): T => {
  const { error, result } = ask(node, method, params)
  if (error !== undefined)
    throw new FatalError(`${method}: ${error.code} ${error.message} ${JSON.stringify(error.data)}`)
  return result as T // as the caller says
}

/** Sends a transaction and returns its hash; throws when it was refused. */
export const send = (node: SandboxNode, transaction: InvokeTransaction): Felt =>
  resultOf<{ transaction_hash: Felt }>(node, 'starknet_addInvokeTransaction', {
    invoke_transaction: transaction,
  }).transaction_hash

export const accountAt = (node: SandboxNode, index: number): SandboxAccount => {
  const account = node.accounts[index]
  if (account === undefined) throw new FatalError(`The sandbox has no account ${index}`)
  return account
}

export const hexOf = (value: bigint): Felt => `0x${value.toString(16)}`

/** Reads a tally with `starknet_call`. */
export const tallyOf = (
  node: SandboxNode,
  key: bigint,
  block: unknown = 'latest',
): string | undefined =>
  resultOf<string[]>(node, 'starknet_call', {
    request: {
      contract_address: hexOf(TALLY_ADDRESS),
      entry_point_selector: hexOf(GET),
      calldata: [hexOf(key)],
    },
    block_id: block,
  })[0]

/** A call that always reverts. */
export const failingCall: Call = { to: TALLY_ADDRESS, selector: FAIL, calldata: [] }

export type ReceiptAnswer = Readonly<
  Record<string, unknown> & { events: { keys: Felt[]; data: Felt[] }[] }
>

export const receiptOf = (node: SandboxNode, hash: Felt): ReceiptAnswer =>
  resultOf(node, 'starknet_getTransactionReceipt', { transaction_hash: hash })

export const nonceOf = (
  node: SandboxNode,
  account: SandboxAccount,
  block: unknown = 'latest',
): unknown =>
  resultOf(node, 'starknet_getNonce', { block_id: block, contract_address: account.address })

/** Client of starknet.js for an account. */
export const starknetAccount = (
  nodeUrl: string,
  { address, privateKey }: SandboxAccount,
): Account =>
  new StarknetAccount({
    provider: new RpcProvider({ nodeUrl }),
    address,
    signer: privateKey,
    cairoVersion: '1',
  })
