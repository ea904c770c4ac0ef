export interface Asking {
  state: { userAbility: { can(action: string): boolean } };
}

/** A policy beside `admin::hasPermissions`, which takes all of them: any one of these permissions will do. */
export const hasAny = ({ state }: Asking, { actions }: { actions: readonly string[] }): boolean =>
  actions.some((action) => state.userAbility.can(action));
