/**
 * Fees are quoted and never charged. The quote depends on a transaction's calls alone, so it is
 * exact before the transaction runs, and bounds below it are refused on admission instead of
 * reverting later.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { InvokeTransaction } from './invoke-transaction.ts'

/**
 * Prices per unit of gas in FRI and WEI, the same in every block: of the order of a public
 * network's.
 */
export const GAS_PRICES = {
  l1_gas: { price_in_fri: '0x1f0532469d43', price_in_wei: '0x3bf19a17' },
  l1_data_gas: { price_in_fri: '0x847a', price_in_wei: '0x1' },
  l2_gas: { price_in_fri: '0xb2d05e00', price_in_wei: '0x1598a' },
} as const

const L2_GAS_PER_TRANSACTION = 600_000
const L2_GAS_PER_CALL = 400_000
const L2_GAS_PER_FELT = 1_000
/**
 * What every transaction publishes (nonce and changed storage), as a development chain reports it.
 */
export const L1_DATA_GAS = 128

/** Units of L2 gas that a transaction is reported to consume. */
export const l2GasOf = (calls: number, calldataFelts: number): number =>
  L2_GAS_PER_TRANSACTION + calls * L2_GAS_PER_CALL + calldataFelts * L2_GAS_PER_FELT

const hex = (value: bigint): Felt => `0x${value.toString(16)}`

/** A `FEE_ESTIMATE` of JSON-RPC. */
export const feeEstimateOf = (l2Gas: number) => {
  const l2Price = BigInt(GAS_PRICES.l2_gas.price_in_fri)
  const dataPrice = BigInt(GAS_PRICES.l1_data_gas.price_in_fri)
  return {
    l1_gas_consumed: '0x0',
    l1_gas_price: GAS_PRICES.l1_gas.price_in_fri,
    l1_data_gas_consumed: hex(BigInt(L1_DATA_GAS)),
    l1_data_gas_price: hex(dataPrice),
    l2_gas_consumed: hex(BigInt(l2Gas)),
    l2_gas_price: hex(l2Price),
    overall_fee: hex(BigInt(l2Gas) * l2Price + BigInt(L1_DATA_GAS) * dataPrice),
    unit: 'FRI',
  } as const
}

/** What is wrong with a transaction's resource bounds, given its quote; null when they cover it. */
export const boundsFault = (
  bounds: InvokeTransaction['resource_bounds'],
  l2Gas: number,
): string | null => {
  const needed = [
    ['l2_gas', BigInt(l2Gas), BigInt(GAS_PRICES.l2_gas.price_in_fri)],
    ['l1_data_gas', BigInt(L1_DATA_GAS), BigInt(GAS_PRICES.l1_data_gas.price_in_fri)],
    ['l1_gas', 0n, 0n],
  ] as const
  for (const [resource, amount, price] of needed) {
    const bound = bounds[resource]
    if (BigInt(bound.max_amount) < amount)
      return `${resource} max_amount ${bound.max_amount} is below ${hex(amount)}`
    if (BigInt(bound.max_price_per_unit) < price) {
      return `${resource} max_price_per_unit ${bound.max_price_per_unit} is below ${hex(price)}`
    }
  }
  return null
}
