/**
 * Long lists of an answer are executed a piece at a time: the executor goes through a list at one
 * go, and a disc of some ten thousand hexes would hold up everything else on the thread meanwhile.
 */
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNullableType,
  isListType,
  isObjectType,
} from 'graphql'
import { giveWay } from '../../domain/waiting/give-way.ts'

/** Items that are executed, or written as text, at one go. */
export const ITEMS_PER_PIECE = 25

/** Makes every field of the schema with a list give a long one piece by piece. */
export const unhurriedLists = (schema: GraphQLSchema): GraphQLSchema => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields()))
      if (isListType(getNullableType(field.type))) field.resolve = unhurried(field.resolve)
  }
  return schema
}

type Resolve = GraphQLFieldResolver<unknown, unknown>

const unhurried =
  (resolve: Resolve = defaultFieldResolver): Resolve =>
  (...args) => {
    const value = resolve(...args)
    return value instanceof Promise ? value.then(inPieces) : inPieces(value)
  }

const inPieces = (value: unknown): unknown =>
  Array.isArray(value) && value.length > ITEMS_PER_PIECE ? itemsOf(value) : value

async function* itemsOf(list: readonly unknown[]): AsyncGenerator<unknown, void, undefined> {
  for (const [at, item] of list.entries()) {
    if (at % ITEMS_PER_PIECE === 0) await giveWay()
    yield item
  }
}
