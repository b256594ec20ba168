/** A migration is SQL with a name and a reason; this gives it the shape TypeORM runs. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export interface SqlMigration {
  /** `<verb>-<noun>-<timestamp>`: TypeORM sorts by the 13 digits at the end. */
  name: string;
  up: string;
  /** Absent where going back would lose data; the migration's comment says so. */
  down?: string;
}

export function sqlMigration({ name, up, down }: SqlMigration): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(up);
    }

    async down(runner: QueryRunner): Promise<void> {
      if (down === undefined) throw new Error(`${name} cannot be taken back`);
      await runner.query(down);
    }
  };
}
