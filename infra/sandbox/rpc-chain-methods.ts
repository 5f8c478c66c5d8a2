/** JSON-RPC methods about the node, its chain and its blocks. */
import type { ExecutedTransaction } from './block.ts'
import { blockIdSchema, type FoundBlock, findBlock, type RpcContext } from './rpc-context.ts'
import { type RpcAnswer, refusal } from './rpc-errors.ts'
import { type RpcMethods, rpcMethod } from './rpc-method.ts'
import { renderHeader, renderPreConfirmedHeader, renderTransaction, renderWithReceipt } from './rpc-rendering.ts'

/** Version 0.10 adds fields to 0.9, which are served too; clients that ask are told the older one. */
export const SPEC_VERSION = '0.9.0'

const renderBlock = (found: FoundBlock, transactions: readonly unknown[]): RpcAnswer => ({
  result:
    found.kind === 'sealed'
      ? { ...renderHeader(found.header), transactions }
      : { ...renderPreConfirmedHeader(found.block), transactions },
})

const transactionsOf = ({ chain }: RpcContext, found: FoundBlock): readonly ExecutedTransaction[] =>
  found.kind === 'sealed' ? chain.store.transactions(found.header.number) : found.block.transactions

/** A method that answers with a block, its transactions shown in one way or another. */
const blockMethod = (show: (context: RpcContext, found: FoundBlock) => readonly unknown[]) =>
  rpcMethod({ block_id: blockIdSchema }, (context, { block_id }) => {
    const found = findBlock(context, block_id)
    return found === null ? refusal('BLOCK_NOT_FOUND') : renderBlock(found, show(context, found))
  })

export const chainMethods: RpcMethods = {
  starknet_specVersion: rpcMethod({}, () => ({ result: SPEC_VERSION })),
  starknet_chainId: rpcMethod({}, ({ chain }) => ({ result: chain.chainId })),
  starknet_syncing: rpcMethod({}, () => ({ result: false })),
  starknet_blockNumber: rpcMethod({}, ({ chain }) => ({ result: chain.head().number })),
  starknet_blockHashAndNumber: rpcMethod({}, ({ chain }) => {
    const { hash, number } = chain.head()
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
  starknet_getBlockTransactionCount: rpcMethod({ block_id: blockIdSchema }, (context, { block_id }) => {
    const found = findBlock(context, block_id)
    if (found === null) return refusal('BLOCK_NOT_FOUND')
    return { result: found.kind === 'sealed' ? found.header.transactionCount : found.block.transactions.length }
  }),
}
