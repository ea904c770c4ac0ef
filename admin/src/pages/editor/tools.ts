/** What the stage is for at the moment. */
export const tools = ['compare', 'erase', 'restore', 'result'] as const;
export type Tool = (typeof tools)[number];
