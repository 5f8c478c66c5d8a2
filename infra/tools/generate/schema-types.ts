/**
 * The schema's types in TypeScript: plain read-only data with the schema's own descriptions, enums
 * as unions of their names. The root types are left out: their fields are calls, not data.
 */
import {
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'
import { FatalError } from '../../../domain/errors.ts'
import { type Place, specifierOf } from './place.ts'
import { remarkOn } from './remark.ts'
import { type Side, scalarImports, scalarType } from './scalars.ts'

const COMMENT_CHARACTERS_MAX = 92

/** Asks in a comment before a type for a value of which nothing but that one field is known. */
const BLANK = /^blank: (\w+)$/

/** The types of a schema that are data: all but scalars and roots, in the order of the texts. */
export const typesOf = (schema: GraphQLSchema): readonly GraphQLNamedType[] => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const left = new Set(roots.map((type) => type?.name))
  return Object.values(schema.getTypeMap()).filter(
    (type) => !type.name.startsWith('__') && !isScalarType(type) && !left.has(type.name),
  )
}

/** The module's text, not yet formatted. */
export const schemaTypes = (schema: GraphQLSchema, place: Place): string => {
  const types = typesOf(schema).filter(({ name }) => !place.known.has(name))
  const text = types.map((type) => `${commentOf(type.description)}${declarationOf(type)}`)
  const blanks = types.flatMap((type) => blankOf(type))
  const body = [...text, ...blanks].join('\n\n')
  return `${scalarImports(body, place)}${baseImports(types, place)}\n${body}\n`
}

/** The types of any world that these types are made of. */
const baseImports = (types: readonly GraphQLNamedType[], place: Place): string => {
  const used = new Set(types.flatMap(partsOf).filter((name) => place.known.has(name)))
  if (used.size === 0) return ''
  const home = specifierOf(place, `${place.base}/types.ts`)
  return `import type { ${[...used].toSorted().join(', ')} } from '${home}'\n`
}

/** Names of the types that a type names. */
const partsOf = (type: GraphQLNamedType): readonly string[] => {
  if (isUnionType(type)) return type.getTypes().map(({ name }) => name)
  if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return []
  return Object.values<Readonly<{ type: GraphQLType }>>(type.getFields()).map(
    (field) => getNamedType(field.type).name,
  )
}

const declarationOf = (type: GraphQLNamedType): string => {
  const is = `export type ${type.name} =`
  if (isEnumType(type)) return `${is} ${literalsOf(type)}`
  if (isUnionType(type))
    return `${is} ${type
      .getTypes()
      .map(({ name }) => name)
      .join(' | ')}`
  if (isInputObjectType(type)) return `${is} ${type.isOneOf ? oneOf(type) : inputOf(type)}`
  if (isObjectType(type) || isInterfaceType(type))
    return `${is} Readonly<{\n${Object.values(type.getFields()).map(fieldOf).join('\n')}\n}>`
  throw new FatalError(`Type ${type.name} is of a kind that the generator does not know`)
}

const literalsOf = (type: GraphQLEnumType): string =>
  type
    .getValues()
    .map(({ name }) => `'${name}'`)
    .join(' | ')

const fieldOf = ({ name, type, description }: GraphQLField<unknown, unknown>): string =>
  `${commentOf(description)}${name}: ${typeText(type, 'view')}`

const inputOf = (type: GraphQLInputObjectType): string =>
  `Readonly<{\n${Object.values(type.getFields()).map(inputFieldOf).join('\n')}\n}>`

const inputFieldOf = ({ name, type, description }: GraphQLInputField): string => {
  const mark = isNonNullType(type) ? '' : '?'
  return `${commentOf(description)}${name}${mark}: ${typeText(type, 'input')}`
}

/** Exactly one of the fields, and none of the others beside it. */
const oneOf = (type: GraphQLInputObjectType): string => {
  const fields = Object.values(type.getFields())
  return fields
    .map((given) => {
      const members = fields.map((field) =>
        field === given
          ? `${commentOf(field.description)}${field.name}: ${someType(field.type, 'input')}`
          : `${field.name}?: never`,
      )
      return `Readonly<{\n${members.join('\n')}\n}>`
    })
    .join(' | ')
}

const typeText = (type: GraphQLType, side: Side): string =>
  isNonNullType(type) ? someType(type.ofType, side) : `${someType(type, side)} | null`

/** A type that holds no null itself. */
const someType = (type: GraphQLType, side: Side): string => {
  if (isListType(type)) return listOf(typeText(type.ofType, side))
  if (isNonNullType(type)) return someType(type.ofType, side)
  return isScalarType(type) ? scalarType(type.name, side) : type.name
}

const listOf = (item: string): string =>
  item.includes(' ') ? `readonly (${item})[]` : `readonly ${item}[]`

/** The text of a description as a comment, in lines that are not too long; nothing for none. */
export const commentOf = (description: string | null | undefined): string => {
  if (!description) return ''
  const lines = wrapped(description)
  return lines.length === 1 ? `/** ${lines[0]} */\n` : `/**\n * ${lines.join('\n * ')}\n */\n`
}

const wrapped = (text: string): string[] => {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)
    if (line === undefined || line.length + word.length >= COMMENT_CHARACTERS_MAX) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}

/**
 * A function that gives the value of which nothing is known: null where the schema allows it, empty
 * lists, and false.
 */
const blankOf = (type: GraphQLNamedType): string[] => {
  const remarks = type.astNode ? remarkOn(type.astNode) : []
  const known = remarks.flatMap((line) => BLANK.exec(line)?.[1] ?? [])[0]
  if (known === undefined || !isObjectType(type)) return []
  const fields = Object.values(type.getFields()).map(({ name, type: fieldType }) =>
    name === known ? name : `${name}: ${blankValue(`${type.name}.${name}`, fieldType)}`,
  )
  const [title, parameter] = [`blank${type.name}`, `${known[0]?.toUpperCase()}${known.slice(1)}`]
  return [
    `${commentOf(`The ${type.name.toLowerCase()} of which nothing is known but its ${known}.`)}` +
      `export const ${title} = <${parameter}>(${known}: ${parameter}): ` +
      `Omit<${type.name}, '${known}'> & Readonly<{ ${known}: ${parameter} }> => ` +
      `({ ${fields.join(', ')} })`,
  ]
}

const blankValue = (field: string, type: GraphQLOutputType): string => {
  if (!isNonNullType(type)) return 'null'
  if (isListType(type.ofType)) return '[]'
  if (isSpecifiedScalarType(type.ofType) && type.ofType.name === 'Boolean') return 'false'
  throw new FatalError(`${field} has no value for "nothing is known": make it nullable`)
}
