import { createMemoryWorld } from './memory-world.testing.ts'
import { describeWorldReads } from './world-reads.contract.ts'

describeWorldReads('A world in memory', async () => {
  const { world, reads, log, takeIn, cover } = createMemoryWorld()
  return {
    world,
    reads,
    log: async (step) => void log(step),
    takeIn: async () => takeIn(),
    cover: async (head) => cover(head),
  }
})
