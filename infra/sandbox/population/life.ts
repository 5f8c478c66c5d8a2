/**
 * The lives of bots: how bots of each temperament spend their time. The mix of temperaments is that
 * of game.md §6.4. All ten contracts of the game are called except the generator's, which only its
 * operator may call.
 */
import {
  PERSONAS,
  type PersonaName,
} from '../../../agents/worlds/infinite-hex-adventurers/utility/persona.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { raid, tendHoldings } from './contending.ts'
import { explore } from './exploring.ts'
import {
  attempt,
  type Bot,
  between,
  chance,
  gatherEnergy,
  type Script,
  selfOf,
  wait,
} from './script.ts'
import { build, regulate, share } from './settling.ts'
import { work } from './working.ts'

type Habit = 'explore' | 'harvest' | 'mine' | 'raid' | 'build' | 'share' | 'regulate' | 'rest'

/** Weights of what the bots of a temperament do. */
const HABITS: Readonly<Record<PersonaName, Readonly<Partial<Record<Habit, number>>>>> = {
  explorer: { explore: 55, mine: 20, harvest: 15, share: 5, build: 5 },
  harvester: { harvest: 40, mine: 22, explore: 20, build: 10, share: 8 },
  raider: { raid: 70, explore: 12, mine: 8, rest: 10 },
  passive: { rest: 55, harvest: 20, explore: 15, regulate: 10 },
}

const REST_ENERGY = 90
/** Blocks after a death until the next birth. */
const MOURNING_BLOCKS = 50
/** Share of turns in which a bot retires its adventurer. */
const GIVE_UP_SHARE = 0.000_2

/** One thing that a bot does; false when there was nothing to do. */
function* indulge(bot: Bot, habit: Habit): Script<boolean> {
  switch (habit) {
    case 'explore':
      yield* explore(bot)
      return true
    case 'harvest':
      return yield* work(bot, 'PlantField')
    case 'mine':
      return yield* work(bot, 'MineField')
    case 'raid':
      return (yield* raid(bot)) || (yield* gatherEnergy(bot, REST_ENERGY))
    case 'build':
      return yield* build(bot)
    case 'share':
      return yield* share(bot)
    case 'regulate':
      return yield* regulate()
    case 'rest':
      return yield* gatherEnergy(bot, REST_ENERGY)
    default:
      return habit satisfies never
  }
}

const anyHabit = (bot: Bot): Habit => {
  // The keys of the record.
  const habits = Object.entries(HABITS[bot.persona]) as readonly (readonly [Habit, number])[]
  let left = bot.random() * habits.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [habit, weight] of habits) {
    left -= weight
    if (left < 0) return habit
  }
  return 'explore'
}

function* beBorn(bot: Bot): Script {
  const { accepted, returned } = yield* attempt('create_adventurer', { name: bot.name })
  const [id] = returned
  if (!accepted || id === undefined) return
  bot.id = id
  bot.holdings = []
  bot.realm.born.push(id)
}

/** Everything that a bot does, without end: when its adventurer dies, it creates another one. */
export function* liveOn(bot: Bot): Script<never> {
  const [least, most] = PERSONAS[bot.persona].paceBlocks
  for (;;) {
    yield* beBorn(bot)
    while (selfOf(bot).is_alive) {
      yield* tendHoldings(bot)
      const wasBusy = yield* indulge(bot, anyHabit(bot))
      if (!wasBusy) yield* explore(bot)
      if (chance(bot, GIVE_UP_SHARE)) {
        yield* attempt('kill_adventurer', { adventurer_id: bot.id, cause: shortString('RETIRED') })
      }
      yield* wait(between(bot, least, most))
    }
    yield* wait(MOURNING_BLOCKS)
  }
}
