import type { Felt } from '../domain/felt.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { createFakeChain, REFUSING_CONTRACT } from './fake-chain.testing.ts'
import { describeTransactionSender } from './transaction-sender.contract.ts'

const ACCOUNTS: readonly [Felt, Felt] = ['0xa', '0xb']

describeTransactionSender('the fake chain of the tests', async () => {
  const log = createMemoryEventLog()
  const { sender, line, ...chain } = createFakeChain(log, ACCOUNTS)
  return {
    sender,
    reopened: () => sender,
    accounts: ACCOUNTS,
    stranger: '0xdead',
    call: (number) => ({
      to: '0xc',
      entrypoint: 'move_adventurer',
      calldata: [`0x${number.toString(16)}`],
    }),
    revertingCall: { to: '0xc', entrypoint: 'discover_area', calldata: [] },
    spoilt: (transaction) => ({
      ...transaction,
      calls: transaction.calls.map((call) => ({ ...call, to: REFUSING_CONTRACT })),
    }),
    makeBlock: async () => {
      await chain.produceBlock()
      return (await chain.heads.latest())?.block ?? 0
    },
    reorg: async (depth, isKept) => chain.reorg(depth, isKept),
    losePool: async () => chain.losePool(),
    effects: () => chain.effects().map(({ calldata }) => Number(calldata[0])),
    ...line,
    cut: async (isCut) => line.cut(isCut),
    holdRequest: () => void line.hold(),
    close: () => log.close(),
  }
})
