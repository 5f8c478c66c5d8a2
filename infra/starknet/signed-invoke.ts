/**
 * INVOKE transactions of version 3, hashed and signed by starknet.js. The same content always gives
 * the same bytes: the signature's nonce follows from hash and key (RFC 6979).
 */
import { ec, hash, transaction as transactions } from 'starknet'
import type {
  ResourceBound,
  SignedTransaction,
  UnsignedTransaction,
} from '../../commands/transaction-sender.ts'
import { FatalError } from '../../domain/errors.ts'
import { type Felt, feltOf } from '../../domain/felt.ts'

const AVAILABILITY_L1 = 0

const hexOf = (value: bigint): Felt => {
  const felt = feltOf(value)
  if (felt === null) throw new FatalError(`${value} is no felt, but stands in a transaction`)
  return felt
}

/**
 * Signs a transaction for one chain. The payload is what `starknet_addInvokeTransaction` takes.
 * Throws FatalError for content that is no felt.
 */
export const signedInvoke = (
  unsigned: UnsignedTransaction,
  chainId: Felt,
  privateKey: Felt,
): SignedTransaction => {
  const { account, nonce, bounds, calls } = unsigned
  const calldata = transactions.getExecuteCalldata(
    calls.map(({ to, entrypoint, calldata: args }) => ({
      contractAddress: to,
      entrypoint,
      calldata: [...args],
    })),
    '1',
  )
  const transactionHash = hash.calculateInvokeTransactionHash({
    senderAddress: account,
    version: '0x3',
    compiledCalldata: calldata,
    // The library's type names public chains alone; the hash takes any chain id.
    chainId: chainId as Parameters<typeof hash.calculateInvokeTransactionHash>[0]['chainId'],
    nonce,
    accountDeploymentData: [],
    nonceDataAvailabilityMode: AVAILABILITY_L1,
    feeDataAvailabilityMode: AVAILABILITY_L1,
    resourceBounds: {
      l1_gas: bigintBound(bounds.l1Gas),
      l1_data_gas: bigintBound(bounds.l1DataGas),
      l2_gas: bigintBound(bounds.l2Gas),
    },
    tip: 0n,
    paymasterData: [],
  })
  const { r, s } = ec.starkCurve.sign(transactionHash, privateKey)
  const payload = {
    type: 'INVOKE',
    version: '0x3',
    sender_address: account,
    calldata: calldata.map((felt) => hexOf(BigInt(felt))),
    signature: [hexOf(r), hexOf(s)],
    nonce: hexOf(BigInt(nonce)),
    resource_bounds: {
      l1_gas: hexBound(bounds.l1Gas),
      l1_data_gas: hexBound(bounds.l1DataGas),
      l2_gas: hexBound(bounds.l2Gas),
    },
    tip: '0x0',
    paymaster_data: [],
    account_deployment_data: [],
    nonce_data_availability_mode: 'L1',
    fee_data_availability_mode: 'L1',
  }
  return { hash: hexOf(BigInt(transactionHash)), payload }
}

const bigintBound = ({ maxAmount, maxPricePerUnit }: ResourceBound) => ({
  max_amount: BigInt(maxAmount),
  max_price_per_unit: BigInt(maxPricePerUnit),
})

const hexBound = ({ maxAmount, maxPricePerUnit }: ResourceBound) => ({
  max_amount: hexOf(BigInt(maxAmount)),
  max_price_per_unit: hexOf(BigInt(maxPricePerUnit)),
})
