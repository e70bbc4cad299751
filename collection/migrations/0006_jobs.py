"""Rename steps to jobs: the table, its indexes, its constraint, and the permissions that staff were given."""

from django.db import migrations, models


def rename_permissions(before: str, after: str):
    def rename(apps, schema_editor):
        permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="collection")
        for permission in permissions.filter(codename__endswith=f"_{before}"):
            permission.codename = permission.codename.replace(f"_{before}", f"_{after}")
            permission.name = permission.name.replace(before, after)
            permission.save()

    return rename


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0005_pictures_belong_to_their_works_collection"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RenameModel("Step", "Job"),
        migrations.AlterField(
            "job",
            "image",
            models.ForeignKey("collection.ArtworkImage", on_delete=models.CASCADE, related_name="jobs"),
        ),
        migrations.RenameIndex("job", old_name="step_queue", new_name="job_queue"),
        migrations.RenameIndex("job", old_name="step_progress", new_name="job_progress"),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "ALTER INDEX step_is_unique RENAME TO job_is_unique",
                    "ALTER INDEX job_is_unique RENAME TO step_is_unique",
                )
            ],
            [
                migrations.RemoveConstraint("job", "step_is_unique"),
                migrations.AddConstraint("job", models.UniqueConstraint("image", "key", name="job_is_unique")),
            ],
        ),
        migrations.RunPython(rename_permissions("step", "job"), rename_permissions("job", "step")),
    ]
