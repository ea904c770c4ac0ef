/** One page of a list, as Strapi's own API answers. */
export const paged = <T>(data: T[], total: number, { page, pageSize }: { page: number; pageSize: number }) => ({
  data,
  meta: { pagination: { page, pageSize, pageCount: Math.ceil(total / pageSize), total } },
});
