/**
 * Events that no call emitted, put on the chain by a control request: malformed ones, or the
 * upgrade of a model. They stand in the receipt of a true transaction of the operator that makes no
 * calls, so that all else about the chain holds.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { SandboxAccount } from './accounts.ts'
import type { ChainEvent } from './block.ts'
import type { AdmittedTransaction } from './execution.ts'
import { GAS_PRICES, L1_DATA_GAS, l2GasOf } from './fees.ts'
import type { Call } from './game.ts'
import {
  calldataOfCalls,
  type InvokeTransaction,
  invokeTransactionHash,
} from './invoke-transaction.ts'
import { sign } from './stark-signature.ts'

const hex = (value: number): Felt => `0x${value.toString(16)}`

/** A transaction of the operator with bounds that just cover it, hashed and signed. */
export const operatorTransaction = (
  operator: Pick<SandboxAccount, 'address' | 'privateKey'>,
  chainId: Felt,
  nonce: number,
  calls: readonly Call[],
): Readonly<{ hash: Felt; transaction: InvokeTransaction }> => {
  const calldata = calldataOfCalls(calls)
  const unsigned: InvokeTransaction = {
    type: 'INVOKE',
    version: '0x3',
    sender_address: operator.address,
    calldata: [...calldata],
    signature: [],
    nonce: hex(nonce),
    resource_bounds: {
      l1_gas: { max_amount: '0x0', max_price_per_unit: '0x0' },
      l2_gas: {
        max_amount: hex(l2GasOf(calls.length, calldata.length)),
        max_price_per_unit: GAS_PRICES.l2_gas.price_in_fri,
      },
      l1_data_gas: {
        max_amount: hex(L1_DATA_GAS),
        max_price_per_unit: GAS_PRICES.l1_data_gas.price_in_fri,
      },
    },
    tip: '0x0',
    paymaster_data: [],
    account_deployment_data: [],
    nonce_data_availability_mode: 'L1',
    fee_data_availability_mode: 'L1',
  }
  const hash = invokeTransactionHash(unsigned, chainId)
  return { hash, transaction: { ...unsigned, signature: [...sign(hash, operator.privateKey)] } }
}

/** The transaction in whose receipt the events will stand. */
export const injectionOf = (
  operator: SandboxAccount,
  chainId: Felt,
  nonce: number,
  injected: readonly ChainEvent[],
): AdmittedTransaction => ({
  ...operatorTransaction(operator, chainId, nonce, []),
  calls: [],
  injected,
})
