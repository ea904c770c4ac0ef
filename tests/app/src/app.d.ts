// The one file that tsconfig.json names; see there.
export {};
