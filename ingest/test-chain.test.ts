import { describeChainSource } from './sources/chain-source.contract.ts'
import { createTestChain } from './test-chain.testing.ts'

describeChainSource('The chain in memory', async ({ chainId, blocks }) => {
  const chain = createTestChain(chainId)
  chain.blocks.push(...blocks)
  return { source: chain.source, close: async () => {} }
})
