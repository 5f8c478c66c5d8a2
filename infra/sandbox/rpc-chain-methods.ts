/** JSON-RPC methods about the node, its chain and its blocks. */
import { z } from 'zod'
import type { Felt } from '../../domain/felt.ts'
import { BEFORE_GENESIS, type ExecutedTransaction } from './block.ts'
import { feltSchema } from './invoke-transaction.ts'
import { noncesAfter } from './pending-pool.ts'
import { blockIdSchema, type FoundBlock, findBlock, type RpcContext } from './rpc-context.ts'
import { type RpcAnswer, refusal } from './rpc-errors.ts'
import { type RpcMethods, rpcMethod } from './rpc-method.ts'
import { renderHeader, renderPreConfirmedHeader, renderTransaction, renderWithReceipt } from './rpc-rendering.ts'

const renderBlock = ({ quirks }: RpcContext, found: FoundBlock, transactions: readonly unknown[]): RpcAnswer => ({
  result:
    found.kind === 'sealed'
      ? { ...renderHeader(found.header), transactions }
      : { ...renderPreConfirmedHeader(found.block, quirks), transactions },
})

const transactionsOf = ({ chain }: RpcContext, found: FoundBlock): readonly ExecutedTransaction[] =>
  found.kind === 'sealed' ? chain.store.transactions(found.header.number) : found.block.transactions

/** A method that answers with a block, its transactions shown in one way or another. */
const blockMethod = (show: (context: RpcContext, found: FoundBlock) => readonly unknown[]) =>
  rpcMethod({ block_id: blockIdSchema }, (context, { block_id }) => {
    const found = findBlock(context, block_id)
    return found === null ? refusal('BLOCK_NOT_FOUND') : renderBlock(context, found, show(context, found))
  })

const CONTRACTS_MAX = 1_000

const renderStateUpdate = (
  { visible }: RpcContext,
  found: FoundBlock,
  nonces: readonly (readonly [Felt, number])[],
) => {
  const state_diff = {
    storage_diffs: [],
    deprecated_declared_classes: [],
    declared_classes: [],
    deployed_contracts: [],
    replaced_classes: [],
    nonces: nonces.map(([contract_address, nonce]) => ({ contract_address, nonce: `0x${nonce.toString(16)}` })),
  }
  const { header, old } =
    found.kind === 'sealed'
      ? { header: found.header, old: visible.header(found.header.number - 1) }
      : { header: null, old: visible.head() }
  const old_root = old?.newRoot ?? BEFORE_GENESIS.newRoot
  return header === null
    ? { old_root, state_diff }
    : { block_hash: header.hash, new_root: header.newRoot, old_root, state_diff }
}

export const chainMethods: RpcMethods = {
  starknet_specVersion: rpcMethod({}, ({ spec }) => ({ result: spec })),
  starknet_chainId: rpcMethod({}, ({ chain }) => ({ result: chain.chainId })),
  starknet_syncing: rpcMethod({}, () => ({ result: false })),
  starknet_blockNumber: rpcMethod({}, ({ visible }) => ({ result: visible.head().number })),
  starknet_blockHashAndNumber: rpcMethod({}, ({ visible }) => {
    const { hash, number } = visible.head()
    return { result: { block_hash: hash, block_number: number } }
  }),
  starknet_getBlockWithTxHashes: blockMethod(({ chain }, found) =>
    found.kind === 'sealed'
      ? chain.store.transactionHashes(found.header.number)
      : found.block.transactions.map(({ hash }) => hash),
  ),
  starknet_getBlockWithTxs: blockMethod((context, found) => transactionsOf(context, found).map(renderTransaction)),
  starknet_getBlockWithReceipts: blockMethod((context, found) =>
    transactionsOf(context, found).map((executed) => renderWithReceipt(executed, found.kind === 'sealed')),
  ),
  // The sandbox keeps rows and not storage slots, so that nonces are all that it can say of a block's differences.
  starknet_getStateUpdate: rpcMethod(
    { block_id: blockIdSchema, contract_addresses: z.array(feltSchema).max(CONTRACTS_MAX).optional() },
    (context, { block_id, contract_addresses }) => {
      const found = findBlock(context, block_id)
      if (found === null) return refusal('BLOCK_NOT_FOUND')
      const nonces = [...noncesAfter(transactionsOf(context, found))].filter(
        ([address]) => contract_addresses === undefined || contract_addresses.includes(address),
      )
      return { result: renderStateUpdate(context, found, nonces) }
    },
  ),

  starknet_getBlockTransactionCount: rpcMethod({ block_id: blockIdSchema }, (context, { block_id }) => {
    const found = findBlock(context, block_id)
    if (found === null) return refusal('BLOCK_NOT_FOUND')
    return { result: found.kind === 'sealed' ? found.header.transactionCount : found.block.transactions.length }
  }),
}
