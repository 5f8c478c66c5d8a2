import { type Felt, feltOfNumber } from '../../../domain/felt.ts'
import { GAS_PRICES, L1_DATA_GAS, l2GasOf } from './fees.ts'
import { INVOKE_VERSION, type InvokeTransaction } from './invoke-transaction.ts'

/**
 * A transaction with bounds that just cover it, as its sender would send it but without a
 * signature, so that the chain does not accept it. `calls` is the number of calls in the calldata.
 */
export const unsignedTransaction = (
  sender: Felt,
  nonce: number,
  calldata: readonly Felt[],
  calls: number,
): InvokeTransaction => ({
  type: 'INVOKE',
  version: INVOKE_VERSION,
  sender_address: sender,
  calldata: [...calldata],
  signature: [],
  nonce: feltOfNumber(nonce),
  resource_bounds: {
    l1_gas: { max_amount: '0x0', max_price_per_unit: '0x0' },
    l2_gas: {
      max_amount: feltOfNumber(l2GasOf(calls, calldata.length)),
      max_price_per_unit: GAS_PRICES.l2_gas.price_in_fri,
    },
    l1_data_gas: {
      max_amount: feltOfNumber(L1_DATA_GAS),
      max_price_per_unit: GAS_PRICES.l1_data_gas.price_in_fri,
    },
  },
  tip: '0x0',
  paymaster_data: [],
  account_deployment_data: [],
  nonce_data_availability_mode: 'L1',
  fee_data_availability_mode: 'L1',
})
