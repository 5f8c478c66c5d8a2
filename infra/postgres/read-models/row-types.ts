/**
 * How columns of the read models come back from the driver, per query and independent of any global
 * setting: `bigint` columns hold positions, block numbers and u32, all below 2^53, and are numbers;
 * `numeric` stays decimal text.
 */
import pg, { type CustomTypesConfig } from 'pg'

const { builtins, getTypeParser } = pg.types

export const rowTypes: CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === builtins.INT8 ? Number : getTypeParser(oid, format)),
}
