import { describeObserve } from '../../observe.contract.ts'
import { describeObservation } from './observation.contract.ts'
import { createFoldedGame } from './played-world.testing.ts'

describeObserve('the observer of rows in memory', async () => {
  const { observe, generateBlock } = createFoldedGame(1)
  const query = { account: '0xa', adventurerId: null, position: { x: 0, y: 0, z: 0 } } as const
  return {
    observe,
    query: { ...query, radius: 2, watched: [] },
    makeBlock: generateBlock,
    close: async () => {},
  }
})

describeObservation('the observer of rows in memory', async () => {
  const game = createFoldedGame(1)
  return { game, observe: game.observe, close: async () => {} }
})
