/** Blocks, transactions and receipts as JSON-RPC 0.9 and 0.10 spell them. */
import type { BlockHeader, ExecutedTransaction } from '../chain/block.ts'
import type { PreConfirmedBlock } from '../chain/chain.ts'
import { GAS_PRICES, L1_DATA_GAS } from '../chain/fees.ts'
import type { BlockFinality, Quirks } from './context.ts'

/** Katana's sequencer. */
const SEQUENCER_ADDRESS = '0x1'
const STARKNET_VERSION = '0.14.0'

const COMMON_HEADER = {
  sequencer_address: SEQUENCER_ADDRESS,
  l1_gas_price: GAS_PRICES.l1_gas,
  l1_data_gas_price: GAS_PRICES.l1_data_gas,
  l2_gas_price: GAS_PRICES.l2_gas,
  l1_da_mode: 'BLOB',
  starknet_version: STARKNET_VERSION,
} as const

/** A sealed block's header with its status. */
export const renderHeader = (header: BlockHeader, status: BlockFinality) => ({
  status,
  ...renderBareHeader(header),
})

/** A sealed block's header as `starknet_subscribeNewHeads` sends it. */
export const renderBareHeader = (header: BlockHeader) => ({
  block_hash: header.hash,
  parent_hash: header.parentHash,
  block_number: header.number,
  new_root: header.newRoot,
  timestamp: header.timestamp,
  ...COMMON_HEADER,
  transaction_commitment: header.transactionCommitment,
  event_commitment: header.receiptCommitment,
  receipt_commitment: header.receiptCommitment,
  state_diff_commitment: header.stateDiffCommitment,
  transaction_count: header.transactionCount,
  event_count: header.eventCount,
  state_diff_length: header.stateDiffLength,
})

/**
 * A pre-confirmed block has no hash, no commitments and no parent; Katana gives it zero as its
 * parent.
 */
export const renderPreConfirmedHeader = (block: PreConfirmedBlock, quirks: Quirks | null) => ({
  ...(quirks === 'katana' ? { parent_hash: '0x0' } : {}),
  block_number: block.number,
  timestamp: block.timestamp,
  ...COMMON_HEADER,
})

export const renderTransaction = ({
  hash,
  transaction,
}: Pick<ExecutedTransaction, 'hash' | 'transaction'>) => ({
  transaction_hash: hash,
  ...transaction,
})

export const executionStatusOf = (revertReason: string | null) =>
  revertReason === null ? 'SUCCEEDED' : 'REVERTED'

/** A receipt without its block, as it stands inside a block. Fees are quoted and never charged. */
export const renderReceipt = ({ hash, receipt }: ExecutedTransaction, finality: BlockFinality) => ({
  type: 'INVOKE',
  transaction_hash: hash,
  actual_fee: { amount: '0x0', unit: 'FRI' },
  execution_status: executionStatusOf(receipt.revertReason),
  ...(receipt.revertReason === null ? {} : { revert_reason: receipt.revertReason }),
  finality_status: finality,
  messages_sent: [],
  events: receipt.events,
  execution_resources: { l1_gas: 0, l1_data_gas: L1_DATA_GAS, l2_gas: receipt.l2Gas },
})

/** A transaction with its receipt, as `getBlockWithReceipts` lists them. */
export const renderWithReceipt = (executed: ExecutedTransaction, finality: BlockFinality) => ({
  transaction: executed.transaction,
  receipt: renderReceipt(executed, finality),
})
