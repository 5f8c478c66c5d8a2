import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { ec, hash } from 'starknet'
import { describe, expect, it } from 'vitest'
import { type Felt, feltOf, feltOfShortString } from '../../../domain/felt.ts'
import { sandboxAccounts } from './accounts.ts'
import { isSignedBy } from './admission.ts'
import {
  calldataOfCalls,
  callsOfCalldata,
  invokeTransactionHash,
  invokeTransactionSchema,
} from './invoke-transaction.ts'
import { publicKeyOf, sign, signatureVerifier } from './stark-signature.ts'

const recorded = path.resolve(import.meta.dirname, '../../../../shared/recorded')
const here = existsSync(recorded)
const read = (file: string) => JSON.parse(readFileSync(path.join(recorded, file), 'utf8'))

const DA_MODES = ['L1', 'L2'] as const
type Recorded = Readonly<Record<string, unknown>>

/**
 * Recorded transactions spell some fields differently: resources in upper case, availability modes
 * as numbers.
 */
const invokeOf = (recordedTransaction: Recorded) => {
  const {
    resource_bounds,
    nonce_data_availability_mode: nonceMode,
    fee_data_availability_mode: feeMode,
  } = recordedTransaction
  const bounds = Object.entries(resource_bounds as Recorded).map(([name, bound]) => [
    name.toLowerCase(),
    bound,
  ])
  const mode = (value: unknown) => (typeof value === 'number' ? DA_MODES[value] : value)
  return invokeTransactionSchema.parse({
    ...recordedTransaction,
    type: 'INVOKE',
    resource_bounds: Object.fromEntries(bounds),
    nonce_data_availability_mode: mode(nonceMode),
    fee_data_availability_mode: mode(feeMode),
  })
}

describe.skipIf(!here)('recorded transactions of real networks (../shared/recorded)', () => {
  it('have the hashes that Starknet mainnet gave them, 19 of 19', () => {
    const block = read('mainnet-2238855/feeder-gateway.json')
    const invokes = (block.transactions as Recorded[]).filter(
      ({ type, version }) => type === 'INVOKE_FUNCTION' && version === '0x3',
    )
    const mainnet = feltOfShortString('SN_MAIN') as Felt
    expect(invokes).toHaveLength(19)
    for (const transaction of invokes) {
      expect(invokeTransactionHash(invokeOf(transaction), mainnet)).toBe(
        transaction.transaction_hash,
      )
    }
  })

  it('have the hashes that Katana gave them, and its accounts’ signatures over them, all 8', () => {
    const blocks: { transactions: { transaction: Recorded; receipt: Recorded }[] }[] = read(
      'spawn-and-move/blocks.json',
    )
    const keys = new Map(
      sandboxAccounts('0x1', 0).map(({ address, publicKey }) => [address, publicKey]),
    )
    const invokes = blocks
      .flatMap(({ transactions }) => transactions)
      .filter(({ transaction }) => transaction.type === 'INVOKE')
    expect(invokes).toHaveLength(8)
    for (const { transaction, receipt } of invokes) {
      const invoked = invokeOf(transaction)
      const hashed = invokeTransactionHash(invoked, feltOfShortString('KATANA') as Felt)
      expect(hashed).toBe(receipt.transaction_hash)
      const verify = signatureVerifier(keys.get(invoked.sender_address) as Felt)
      expect(isSignedBy(verify, hashed, invoked.signature)).toBe(true)
    }
  })

  it('bear signatures that verify, and that no other message verifies', () => {
    const signatures: Record<'public_key' | 'message_hash' | 'r' | 's', Felt>[] =
      read('signatures.json')
    expect(signatures).toHaveLength(10)
    for (const { public_key, message_hash, r, s } of signatures) {
      const verify = signatureVerifier(public_key)
      expect(verify(BigInt(message_hash), BigInt(r), BigInt(s))).toBe(true)
      expect(verify(BigInt(message_hash) ^ 1n, BigInt(r), BigInt(s))).toBe(false)
    }
  })
})

const felt = fc.bigInt({ min: 0n, max: (1n << 251n) - 1n }).map((value) => feltOf(value) as Felt)
const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map((value) => feltOf(value) as Felt)
const u128 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value) => feltOf(value) as Felt)
const bound = fc.record({ max_amount: u64, max_price_per_unit: u128 })
const invoke = fc.record({
  type: fc.constant('INVOKE' as const),
  version: fc.constantFrom<Felt>('0x3', '0x100000000000000000000000000000003'),
  sender_address: felt,
  calldata: fc.array(felt, { maxLength: 9 }),
  signature: fc.constant<Felt[]>([]),
  nonce: felt,
  resource_bounds: fc.record({ l1_gas: bound, l2_gas: bound, l1_data_gas: bound }),
  tip: u64,
  paymaster_data: fc.array(felt, { maxLength: 2 }),
  account_deployment_data: fc.array(felt, { maxLength: 2 }),
  nonce_data_availability_mode: fc.constantFrom(...DA_MODES),
  fee_data_availability_mode: fc.constantFrom(...DA_MODES),
})

describe('the hash of an INVOKE v3 transaction', () => {
  it('is the one that starknet.js computes', () => {
    fc.assert(
      fc.property(invoke, (transaction) => {
        const boundOf = ({
          max_amount,
          max_price_per_unit,
        }: typeof transaction.resource_bounds.l1_gas) => ({
          max_amount: BigInt(max_amount),
          max_price_per_unit: BigInt(max_price_per_unit),
        })
        const { l1_gas, l2_gas, l1_data_gas } = transaction.resource_bounds
        const expected = hash.calculateInvokeTransactionHash({
          senderAddress: transaction.sender_address,
          version: transaction.version as '0x3',
          compiledCalldata: transaction.calldata,
          chainId: '0x534e5f4d41494e',
          nonce: transaction.nonce,
          accountDeploymentData: transaction.account_deployment_data,
          nonceDataAvailabilityMode: transaction.nonce_data_availability_mode === 'L1' ? 0 : 1,
          feeDataAvailabilityMode: transaction.fee_data_availability_mode === 'L1' ? 0 : 1,
          resourceBounds: {
            l1_gas: boundOf(l1_gas),
            l2_gas: boundOf(l2_gas),
            l1_data_gas: boundOf(l1_data_gas),
          },
          tip: transaction.tip,
          paymasterData: transaction.paymaster_data,
        })
        expect(BigInt(invokeTransactionHash(transaction, '0x534e5f4d41494e'))).toBe(
          BigInt(expected),
        )
      }),
      { numRuns: 40 },
    )
  })
})

describe('the calls in calldata', () => {
  const smallFelt = fc.bigInt({ min: 0n, max: 1n << 200n })
  const calls = fc.array(
    fc.record({
      to: smallFelt,
      selector: smallFelt,
      calldata: fc.array(smallFelt, { maxLength: 4 }),
    }),
    { maxLength: 4 },
  )

  it('come back as they were written', () => {
    fc.assert(
      fc.property(calls, (written) => {
        expect(callsOfCalldata(calldataOfCalls(written))).toEqual(written)
      }),
    )
  })

  it('are null for calldata that are cut short or go on too long', () => {
    fc.assert(
      fc.property(calls, (written) => {
        const calldata = calldataOfCalls(written)
        expect(callsOfCalldata(calldata.slice(0, -1))).toBeNull()
        expect(callsOfCalldata([...calldata, '0x0'])).toBeNull()
      }),
    )
  })

  it.each([[['0x7ffffffffffffff']], [['0x1', '0x1', '0x1', '0x7ffffffffffffffffffffffff']]])(
    'are null for lengths beyond the end: %j',
    (calldata) => expect(callsOfCalldata(calldata as Felt[])).toBeNull(),
  )
})

describe('STARK signatures', () => {
  const message = fc.bigInt({ min: 0n, max: (1n << 251n) - 1n })
  const key = fc
    .bigInt({ min: 1n, max: ec.starkCurve.CURVE.n - 1n })
    .map((value) => feltOf(value) as Felt)

  it('of a key verify under its public key, and are the ones that starknet.js accepts', () => {
    fc.assert(
      fc.property(message, key, (value, privateKey) => {
        const text = feltOf(value) as Felt
        const [r, s] = sign(text, privateKey)
        const verify = signatureVerifier(publicKeyOf(privateKey))
        expect(verify(value, BigInt(r), BigInt(s))).toBe(true)
        const publicKey = ec.starkCurve.getPublicKey(privateKey.slice(2).padStart(64, '0'))
        const signature = new ec.starkCurve.Signature(BigInt(r), BigInt(s))
        expect(ec.starkCurve.verify(signature, text.slice(2).padStart(64, '0'), publicKey)).toBe(
          true,
        )
        expect(verify(value, BigInt(s), BigInt(r))).toBe(false)
        expect(verify(value + 1n, BigInt(r), BigInt(s))).toBe(false)
      }),
      { numRuns: 15 },
    )
  })

  it.each([0n, 1n << 251n, ec.starkCurve.CURVE.n, -1n])(
    'with r = %s are refused, not thrown at',
    (r) => {
      expect(signatureVerifier(publicKeyOf('0x5'))(1n, r, 1n)).toBe(false)
    },
  )
})
