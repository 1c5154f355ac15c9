"""Events are append-only: the database refuses UPDATE and DELETE, and TRUNCATE where it has one."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = [
    f"""
    CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit events are append-only: {verb} is refused'); END
    """
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """
    CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit events are append-only: % is refused', TG_OP; END $$
    """,
    """
    CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()
    """,
]
UNDO = {
    "sqlite": [f"DROP TRIGGER audit_event_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [
        "DROP TRIGGER audit_event_append_only ON audit_event",
        "DROP FUNCTION audit_event_refuse()",
    ],
}
DO = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def forbid(_apps: object, schema_editor: BaseDatabaseSchemaEditor):
    for statement in DO[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def allow(_apps: object, schema_editor: BaseDatabaseSchemaEditor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
