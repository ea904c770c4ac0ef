/** The largest id of every database; PostgreSQL fails at a larger one instead of finding none. */
export const MOST_ID = 2 ** 31 - 1;

/** Column shapes that more than one table uses. MySQL wants a foreign key unsigned, like the id it points to. */
export const fileReference = { type: 'integer', column: { unsigned: true, notNullable: true } } as const;

export const timestamps = {
  createdAt: { type: 'datetime', default: () => new Date() },
  updatedAt: { type: 'datetime', default: () => new Date() },
} as const;

export const belongsToFile = (table: string) => ({
  name: `${table}_file_fk`,
  columns: ['file_id'],
  referencedTable: 'files',
  referencedColumns: ['id'],
  onDelete: 'CASCADE',
});
