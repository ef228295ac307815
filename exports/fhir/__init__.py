"""FHIR R4: questions as a Questionnaire, answers as a QuestionnaireResponse both ways, and what FHIR cannot say."""
