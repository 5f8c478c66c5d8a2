/**
 * INVOKE v3 transactions as JSON-RPC spells them, their hash, and the calls inside. The sandbox
 * accepts no other kind of transaction: its accounts are deployed and its classes declared at
 * genesis.
 */
import { z } from 'zod'
import { type Felt, parseFelt, spellFelt } from '../../../domain/felt.ts'
import { poseidonOfSpan } from '../../../schemas/crypto/starknet.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import type { Call } from './game.ts'

/** The sequencers of the public networks refuse longer calldata. */
export const CALLDATA_FELTS_MAX = 5_000
const SIGNATURE_FELTS_MAX = 64
const AUXILIARY_FELTS_MAX = 64

const U64_MAX = (1n << 64n) - 1n
const U128_MAX = (1n << 128n) - 1n

/** A felt in `0x` hex, padded or not, in any case; the result is in canonical spelling. */
export const feltSchema = z.string().transform((text, context): Felt => {
  const felt = text.startsWith('0x') ? parseFelt(text) : null
  if (felt !== null) return felt
  context.addIssue({
    code: 'custom',
    message: 'must be a felt: 0x and hex digits, below the prime',
  })
  return z.NEVER
})

const boundedFelt = (max: bigint, name: string) =>
  feltSchema.refine((felt) => BigInt(felt) <= max, { message: `must fit ${name}` })

const resourceBoundSchema = z.object({
  max_amount: boundedFelt(U64_MAX, 'u64'),
  max_price_per_unit: boundedFelt(U128_MAX, 'u128'),
})

const availabilityModeSchema = z.enum(['L1', 'L2'])

/** Checks only the shape; admission.ts decides whether the chain accepts the transaction. */
export const invokeTransactionSchema = z.object({
  type: z.literal('INVOKE'),
  version: feltSchema,
  sender_address: feltSchema,
  calldata: z.array(feltSchema).max(CALLDATA_FELTS_MAX),
  signature: z.array(feltSchema).max(SIGNATURE_FELTS_MAX),
  nonce: feltSchema,
  resource_bounds: z.object({
    l1_gas: resourceBoundSchema,
    l2_gas: resourceBoundSchema,
    l1_data_gas: resourceBoundSchema,
  }),
  tip: boundedFelt(U64_MAX, 'u64'),
  paymaster_data: z.array(feltSchema).max(AUXILIARY_FELTS_MAX),
  account_deployment_data: z.array(feltSchema).max(AUXILIARY_FELTS_MAX),
  nonce_data_availability_mode: availabilityModeSchema,
  fee_data_availability_mode: availabilityModeSchema,
})

export type InvokeTransaction = Readonly<z.output<typeof invokeTransactionSchema>>
type ResourceBound = InvokeTransaction['resource_bounds']['l1_gas']

/** The version that transactions carry on chain. */
export const INVOKE_VERSION: Felt = '0x3'
/** The version that estimates carry: a signature over it cannot be replayed as a transaction. */
export const INVOKE_QUERY_VERSION: Felt = '0x100000000000000000000000000000003'

const INVOKE = shortString('invoke')
const RESOURCE_NAMES = {
  l1_gas: shortString('L1_GAS'),
  l2_gas: shortString('L2_GAS'),
  l1_data_gas: shortString('L1_DATA'),
}
const EMPTY_SPAN = poseidonOfSpan([])

const spanHash = (felts: readonly Felt[]): bigint =>
  felts.length === 0 ? EMPTY_SPAN : poseidonOfSpan(felts.map(BigInt))

const resourceFelt = (name: bigint, bound: ResourceBound): bigint =>
  (name << 192n) | (BigInt(bound.max_amount) << 128n) | BigInt(bound.max_price_per_unit)

/**
 * Hash of an INVOKE v3 transaction: the account signs it, and it identifies the transaction on the
 * chain.
 */
export const invokeTransactionHash = (transaction: InvokeTransaction, chainId: Felt): Felt => {
  const { l1_gas, l2_gas, l1_data_gas } = transaction.resource_bounds
  const fee = poseidonOfSpan([
    BigInt(transaction.tip),
    resourceFelt(RESOURCE_NAMES.l1_gas, l1_gas),
    resourceFelt(RESOURCE_NAMES.l2_gas, l2_gas),
    resourceFelt(RESOURCE_NAMES.l1_data_gas, l1_data_gas),
  ])
  const nonceMode = transaction.nonce_data_availability_mode === 'L2' ? 1n << 32n : 0n
  const feeMode = transaction.fee_data_availability_mode === 'L2' ? 1n : 0n
  const hash = poseidonOfSpan([
    INVOKE,
    BigInt(transaction.version),
    BigInt(transaction.sender_address),
    fee,
    spanHash(transaction.paymaster_data),
    BigInt(chainId),
    BigInt(transaction.nonce),
    nonceMode | feeMode,
    spanHash(transaction.account_deployment_data),
    spanHash(transaction.calldata),
  ])
  return `0x${hash.toString(16)}`
}

/**
 * Calls of an account's `__execute__` calldata, [n, (to, selector, length, …arguments) × n]; null
 * for any other calldata.
 */
export const callsOfCalldata = (calldata: readonly Felt[]): readonly Call[] | null => {
  const felts = calldata.map(BigInt)
  const calls: Call[] = []
  const count = felts[0] ?? -1n
  let at = 1
  while (BigInt(calls.length) < count) {
    const [to, selector, length] = felts.slice(at, at + 3)
    if (to === undefined || selector === undefined || length === undefined) return null
    const start = at + 3
    if (length > BigInt(felts.length - start)) return null
    at = start + Number(length)
    calls.push({ to, selector, calldata: felts.slice(start, at) })
  }
  return count >= 0n && at === felts.length ? calls : null
}

/** The inverse of `callsOfCalldata`. */
export const calldataOfCalls = (calls: readonly Call[]): readonly Felt[] =>
  [
    BigInt(calls.length),
    ...calls.flatMap(({ to, selector, calldata }) => [
      to,
      selector,
      BigInt(calldata.length),
      ...calldata,
    ]),
  ].map(spellFelt)
