import { describeAct } from '../../act.contract.ts'
import { createSteppedGame } from './stepped-game.testing.ts'

describeAct('the stepped game', async () => {
  const game = createSteppedGame({ seed: 1, onBlock: () => {} })
  await game.generateBlock()
  return {
    act: game.act,
    accounts: ['0xa', '0xb'],
    accepted: { entrypoint: 'create_adventurer', args: { name: 'A' } },
    refused: {
      action: { entrypoint: 'regenerate_energy', args: { adventurer_id: '0x1' } },
      reason: 'NO_EFFECT',
    },
    untaken: { action: { entrypoint: 'create_adventurer', args: {} }, reason: 'BAD_ARGUMENT' },
    makeBlock: game.generateBlock,
    happened: () => game.happened.map(({ action }) => action.entrypoint),
    close: async () => {},
  }
})
