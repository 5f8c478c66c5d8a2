/** JSON-RPC methods about the node, its chain and its blocks. */
import { z } from 'zod'
import type { Felt } from '../../../domain/felt.ts'
import { BEFORE_GENESIS, type ExecutedTransaction } from '../chain/block.ts'
import { feltSchema } from '../chain/invoke-transaction.ts'
import { noncesAfter } from '../chain/pending-pool.ts'
import {
  type BlockFinality,
  blockIdSchema,
  type FoundBlock,
  finalityOf,
  findBlock,
  type RpcContext,
} from './context.ts'
import { type RpcAnswer, refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'
import {
  renderHeader,
  renderPreConfirmedHeader,
  renderTransaction,
  renderWithReceipt,
} from './rendering.ts'

const renderBlock = (
  context: RpcContext,
  found: FoundBlock,
  transactions: readonly unknown[],
): RpcAnswer => ({
  result:
    found.kind === 'sealed'
      ? { ...renderHeader(found.header, finalityOfFound(context, found)), transactions }
      : { ...renderPreConfirmedHeader(found.block, context.quirks), transactions },
})

const finalityOfFound = (context: RpcContext, found: FoundBlock): BlockFinality =>
  finalityOf(context, found.kind === 'sealed' ? found.header.number : null)

const transactionsOf = (
  { chain }: RpcContext,
  found: FoundBlock,
): readonly ExecutedTransaction[] =>
  found.kind === 'sealed' ? chain.store.transactions(found.header.number) : found.block.transactions

/** A method that answers with a block, and shows its transactions in one way or another. */
const blockMethod = (show: (context: RpcContext, found: FoundBlock) => readonly unknown[]) =>
  rpcMethod({ block_id: blockIdSchema }, (context, { block_id }) => {
    const found = findBlock(context, block_id)
    return found === null
      ? refusal('BLOCK_NOT_FOUND')
      : renderBlock(context, found, show(context, found))
  })

const CONTRACTS_MAX = 1_000

/** Pending deployments are not shown while blocks are hidden. */
const deployedIn = ({ chain, visible }: RpcContext, found: FoundBlock) => {
  if (found.kind === 'sealed') return chain.deployedIn({ after: found.header })
  return visible.isBehind() ? [] : chain.deployedIn('pre-confirmed')
}

/**
 * What a block changed, as far as the sandbox knows: it keeps rows and no storage slots. `only`
 * null means all contracts.
 */
const stateDiff = (context: RpcContext, found: FoundBlock, only: readonly Felt[] | null) => {
  const isAskedFor = (address: Felt): boolean => only === null || only.includes(address)
  return {
    storage_diffs: [],
    deprecated_declared_classes: [],
    declared_classes: [],
    deployed_contracts: deployedIn(context, found)
      .filter(({ address }) => isAskedFor(address))
      .map(({ address, classHash }) => ({ address, class_hash: classHash })),
    replaced_classes: [],
    nonces: [...noncesAfter(transactionsOf(context, found))]
      .filter(([address]) => isAskedFor(address))
      .map(([contract_address, nonce]) => ({ contract_address, nonce: `0x${nonce.toString(16)}` })),
  }
}

const stateUpdate = (context: RpcContext, found: FoundBlock, only: readonly Felt[] | null) => {
  const { visible } = context
  const state_diff = stateDiff(context, found, only)
  if (found.kind === 'pre-confirmed') return { old_root: visible.head().newRoot, state_diff }
  const { hash, newRoot, number } = found.header
  const old_root = visible.header(number - 1)?.newRoot ?? BEFORE_GENESIS.newRoot
  return { block_hash: hash, new_root: newRoot, old_root, state_diff }
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
  starknet_getBlockWithTxs: blockMethod((context, found) =>
    transactionsOf(context, found).map(renderTransaction),
  ),
  starknet_getBlockWithReceipts: blockMethod((context, found) =>
    transactionsOf(context, found).map((executed) =>
      renderWithReceipt(executed, finalityOfFound(context, found)),
    ),
  ),
  starknet_getStateUpdate: rpcMethod(
    {
      block_id: blockIdSchema,
      contract_addresses: z.array(feltSchema).max(CONTRACTS_MAX).optional(),
    },
    (context, { block_id, contract_addresses = null }) => {
      const found = findBlock(context, block_id)
      return found === null
        ? refusal('BLOCK_NOT_FOUND')
        : { result: stateUpdate(context, found, contract_addresses) }
    },
  ),

  starknet_getBlockTransactionCount: rpcMethod(
    { block_id: blockIdSchema },
    (context, { block_id }) => {
      const found = findBlock(context, block_id)
      if (found === null) return refusal('BLOCK_NOT_FOUND')
      return {
        result:
          found.kind === 'sealed' ? found.header.transactionCount : found.block.transactions.length,
      }
    },
  ),
}
